using System.Text.Json;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Http;

/// <summary>
/// <c>filter_path</c>: comma-separated dotted patterns of what an answer keeps (<c>*</c> one name or part of it, <c>**</c> any depth),
/// or with <c>-</c> before it leaves out. Arrays are looked through; an object that keeps nothing vanishes.
/// </summary>
internal sealed class FilterPath
{
    private readonly string[][] _includes;
    private readonly string[][] _excludes;

    private FilterPath(string[] patterns)
    {
        _includes = [.. patterns.Where(pattern => pattern[0] != '-').Select(pattern => pattern.Split('.'))];
        _excludes = [.. patterns.Where(pattern => pattern[0] == '-').Select(pattern => pattern[1..].Split('.'))];
    }

    /// <summary>Null when everything is kept.</summary>
    public static FilterPath? Read(string? parameter)
    {
        string[] patterns = parameter?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return patterns.Length == 0 ? null : new FilterPath(patterns);
    }

    /// <summary>Whether a value at this path is kept, all of it.</summary>
    public bool Keeps(params ReadOnlySpan<string> path) =>
        (_includes.Length == 0 || Matches(_includes, path)) && !Matches(_excludes, path);

    /// <summary>Writes what is kept of an answer.</summary>
    public void Write(JsonElement answer, Utf8JsonWriter writer)
    {
        if (answer.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            WriteElements(answer, [], writer);
            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject();
        WriteMembers(answer, [], writer);
        writer.WriteEndObject();
    }

    private void WriteMembers(JsonElement element, List<string> path, Utf8JsonWriter writer)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            path.Add(property.Name);
            if (KeepsAny(property.Value, path))
            {
                writer.WritePropertyName(property.Name);
                WriteValue(property.Value, path, writer);
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    private void WriteElements(JsonElement array, List<string> path, Utf8JsonWriter writer)
    {
        foreach (JsonElement element in array.EnumerateArray())
        {
            if (KeepsAny(element, path)) WriteValue(element, path, writer);
        }
    }

    private void WriteValue(JsonElement value, List<string> path, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                WriteMembers(value, path, writer);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                WriteElements(value, path, writer);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private bool KeepsAny(JsonElement value, List<string> path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                bool isEmpty = true;
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    isEmpty = false;
                    path.Add(property.Name);
                    bool keeps = KeepsAny(property.Value, path);
                    path.RemoveAt(path.Count - 1);
                    if (keeps) return true;
                }

                return isEmpty && Keeps([.. path]);
            case JsonValueKind.Array:
                isEmpty = true;
                foreach (JsonElement element in value.EnumerateArray())
                {
                    isEmpty = false;
                    if (KeepsAny(element, path)) return true;
                }

                return isEmpty && Keeps([.. path]);
            default:
                return Keeps([.. path]);
        }
    }

    private static bool Matches(string[][] patterns, ReadOnlySpan<string> path)
    {
        foreach (string[] pattern in patterns)
        {
            if (Matches(pattern, path)) return true;
        }

        return false;
    }

    /// <summary>Whether a pattern names the path or something that holds it.</summary>
    private static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.Length == 0) return true;
        if (pattern[0] == "**")
        {
            for (int skip = 0; skip <= path.Length; skip++)
            {
                if (Matches(pattern[1..], path[skip..]) && (pattern.Length > 1 || path.Length > 0)) return true;
            }

            return false;
        }

        return path.Length > 0 && Wildcard.IsMatch(pattern[0], path[0]) && Matches(pattern[1..], path[1..]);
    }
}
