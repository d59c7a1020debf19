using System.Text.Json;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Search;

/// <summary>Reads stored documents, in which a path may be written with dots, as objects within objects, or as a mixture of both.</summary>
internal static class DocumentSource
{
    /// <summary>The value at a path; an array's first. <c>null</c>: absent, <c>null</c>, or an object.</summary>
    public static string? Text(JsonElement source, string path)
    {
        if (!TryFind(source, path, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            value = value.EnumerateArray().FirstOrDefault();
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
    }

    /// <summary>All values at a path, arrays opened; none when it is absent.</summary>
    public static IReadOnlyList<string> Texts(JsonElement source, string path)
    {
        var fields = new List<DocumentField>();
        if (TryFind(source, path, out JsonElement value))
        {
            Flatten(value, path, fields);
        }

        return [.. fields.Select(field => field.Value)];
    }

    /// <summary>Every value below <paramref name="value"/>, in its order, by its path with dots.</summary>
    public static void Flatten(JsonElement value, string path, List<DocumentField> fields)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    Flatten(property.Value, path.Length == 0 ? property.Name : path + "." + property.Name, fields);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Flatten(item, path, fields);
                }

                break;
            default:
                fields.Add(new DocumentField(path, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()));
                break;
        }
    }

    private static bool TryFind(JsonElement element, ReadOnlySpan<char> path, out JsonElement value)
    {
        value = default;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (element.TryGetProperty(path, out value))
        {
            return true;
        }

        for (int dot = path.IndexOf('.'); dot >= 0;)
        {
            if (element.TryGetProperty(path[..dot], out JsonElement inner) && TryFind(inner, path[(dot + 1)..], out value))
            {
                return true;
            }

            int next = path[(dot + 1)..].IndexOf('.');
            dot = next < 0 ? -1 : dot + 1 + next;
        }

        return false;
    }
}
