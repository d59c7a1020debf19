using System.Text.Json;

namespace LogPipeline.Indexing.Verdicts;

/// <summary>Finds a value by its dotted path in a JSON object, whether the path is written as one key, as nested objects, or mixed.</summary>
public static class JsonFields
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 4096, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>
    /// The first value at the path: its raw JSON (a string with its quotes, escapes untouched). False when there is none, or when the
    /// bytes before it are not JSON.
    /// </summary>
    public static bool TryFind(ReadOnlySpan<byte> json, ReadOnlySpan<byte> path, out Range value)
    {
        value = default;
        try
        {
            Utf8JsonReader reader = new(json, Options);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && TryFind(ref reader, path, out value);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The text of a raw JSON string without its quotes, escapes untouched; empty for any other value.</summary>
    public static ReadOnlySpan<byte> StringContent(ReadOnlySpan<byte> raw) =>
        raw.Length >= 2 && raw[0] == (byte)'"' && raw[^1] == (byte)'"' ? raw[1..^1] : default;

    private static bool TryFind(ref Utf8JsonReader reader, ReadOnlySpan<byte> path, out Range value)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = reader.ValueSpan;
            bool whole = name.SequenceEqual(path);
            bool prefix = !whole && path.Length > name.Length && path[name.Length] == (byte)'.' && path.StartsWith(name);
            reader.Read();
            if (whole)
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                value = start..(int)reader.BytesConsumed;
                return true;
            }

            if (prefix && reader.TokenType == JsonTokenType.StartObject)
            {
                if (TryFind(ref reader, path[(name.Length + 1)..], out value)) return true;
            }
            else
            {
                reader.Skip();
            }
        }

        value = default;
        return false;
    }
}
