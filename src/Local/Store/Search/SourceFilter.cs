using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Search;

/// <summary><c>_source</c>: none, all, or the fields that match the includes (all when there are none) and not the excludes.</summary>
internal sealed class SourceFilter(bool isShown, string[] includes, string[] excludes)
{
    public static readonly SourceFilter All = new(true, [], []);
    public static readonly SourceFilter None = new(false, [], []);

    /// <summary>Hits have a <c>_source</c>.</summary>
    public bool IsShown => isShown;

    private bool IsEverything => includes.Length == 0 && excludes.Length == 0;

    /// <summary>Reads true, false, a pattern, an array of patterns, or an object of includes and excludes. Throws <see cref="OpenSearchException"/>.</summary>
    public static SourceFilter Read(JsonElement source)
    {
        switch (source.ValueKind)
        {
            case JsonValueKind.True:
                return All;
            case JsonValueKind.False:
                return None;
            case JsonValueKind.Object:
                return new SourceFilter(true, Patterns(source, "includes", "include"), Patterns(source, "excludes", "exclude"));
            default:
                return new SourceFilter(true, Strings(source), []);
        }
    }

    /// <summary>Reads the URI's <c>_source</c>, <c>_source_includes</c> and <c>_source_excludes</c>; null when there is none of them.</summary>
    public static SourceFilter? Read(string? source, string? includes, string? excludes)
    {
        if (source is null && includes is null && excludes is null) return null;
        if (source == "false") return None;
        string[] named = source is null or "true" ? [] : source.Split(',');
        return new SourceFilter(true, includes is null ? named : includes.Split(','), excludes?.Split(',') ?? []);
    }

    /// <summary>Writes a document's source, as it is or filtered.</summary>
    public void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> source)
    {
        if (IsEverything)
        {
            writer.WriteRawValue(source, skipInputValidation: true);
            return;
        }

        var reader = new Utf8JsonReader(source, new JsonReaderOptions { MaxDepth = DocumentFields.MaxDepth });
        reader.Read();
        writer.WriteStartObject();
        WriteMembers(ref reader, source, writer, "", included: includes.Length == 0);
        writer.WriteEndObject();
    }

    private void WriteMembers(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, Utf8JsonWriter writer, string parent, bool included)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonText.ToString(reader.ValueSpan, reader.ValueIsEscaped);
            string path = parent.Length == 0 ? name : parent + "." + name;
            reader.Read();
            if (excludes.Any(pattern => Wildcard.IsMatch(pattern, path)))
            {
                reader.Skip();
                continue;
            }

            bool isIncluded = included || includes.Any(pattern => Wildcard.IsMatch(pattern, path));
            if (reader.TokenType == JsonTokenType.StartObject && (isIncluded || MayIncludeBelow(path)))
            {
                Utf8JsonReader ahead = reader;
                if (!isIncluded && !HasIncluded(ref ahead, path))
                {
                    reader.Skip();
                    continue;
                }

                writer.WriteStartObject(name);
                WriteMembers(ref reader, source, writer, path, isIncluded);
                writer.WriteEndObject();
            }
            else if (isIncluded)
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                writer.WritePropertyName(name);
                writer.WriteRawValue(source[start..(int)reader.BytesConsumed], skipInputValidation: true);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private bool HasIncluded(ref Utf8JsonReader reader, string parent)
    {
        int depth = reader.CurrentDepth;
        var names = new Stack<string>();
        names.Push(parent);
        string path = parent;
        while (reader.Read() && (reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth > depth))
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    path = names.Peek() + "." + JsonText.ToString(reader.ValueSpan, reader.ValueIsEscaped);
                    if (includes.Any(pattern => Wildcard.IsMatch(pattern, path)) && !excludes.Any(pattern => Wildcard.IsMatch(pattern, path))) return true;
                    break;
                case JsonTokenType.StartObject:
                    names.Push(path);
                    break;
                case JsonTokenType.EndObject:
                    names.Pop();
                    break;
            }
        }

        return false;
    }

    private bool MayIncludeBelow(string path) =>
        includes.Any(pattern => pattern.StartsWith(path + ".", StringComparison.Ordinal) || pattern.Contains('*', StringComparison.Ordinal));

    private static string[] Patterns(JsonElement body, string name, string singular) =>
        body.TryGetProperty(name, out JsonElement patterns) || body.TryGetProperty(singular, out patterns) ? Strings(patterns) : [];

    private static string[] Strings(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(QueryParser.Text)] : [QueryParser.Text(element)];
}
