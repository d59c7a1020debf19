using System.Text.Json;

namespace LogPipeline.Indexing.Verdicts;

/// <summary>
/// Reads answers of <c>_bulk</c>. Asked with <see cref="FilterPath"/> an answer without failures is a row of
/// <c>{"create":{"status":201}}</c>, which is compared as bytes: no parsing, nothing allocated.
/// </summary>
public static class BulkResponseReader
{
    /// <summary>
    /// The smallest answer that still has one entry a document. An entry that loses all its fields would vanish from the array, so
    /// <c>items.*.status</c> stays; <c>errors</c> stays too, as an answer without both is not one of <c>_bulk</c>.
    /// </summary>
    public const string FilterPath = "took,errors,items.*.status,items.*.error";

    private const int RowsPerBlock = 64;
    private static readonly byte[] Row = """{"create":{"status":201}},"""u8.ToArray();
    private static readonly byte[] Block = Repeat(Row, RowsPerBlock);

    /// <summary>True when the answer says exactly <paramref name="count"/> times that a document was created, and nothing else.</summary>
    public static bool IsAllCreated(ReadOnlySpan<byte> answer, int count)
    {
        int start = answer[..Math.Min(answer.Length, 128)].IndexOf("\"items\":["u8);
        if (count == 0 || start < 0 || answer[..start].IndexOf("\"errors\":false"u8) < 0) return false;
        // The last entry has no comma behind it but the array's end.
        ReadOnlySpan<byte> rows = answer[(start + "\"items\":["u8.Length)..];
        int length = (count * Row.Length) - 1;
        if (rows.Length < length || !rows[length..].SequenceEqual("]}"u8)) return false;
        rows = rows[..length];
        while (rows.Length >= Block.Length)
        {
            if (!rows.StartsWith(Block)) return false;
            rows = rows[Block.Length..];
        }

        return Block.AsSpan().StartsWith(rows);
    }

    /// <summary>Reads the statuses in order. False when the answer is not whole, is not one of <c>_bulk</c>, or has not exactly one entry with a status for each document.</summary>
    public static bool TryRead(ReadOnlySpan<byte> answer, Span<ItemAnswer> items)
    {
        try
        {
            Utf8JsonReader reader = new(answer);
            int count = -1;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isItems = reader.ValueTextEquals("items"u8);
                reader.Read();
                if (!isItems) reader.Skip();
                else if (count >= 0 || !TryReadItems(ref reader, items, out count)) return false;
            }

            // One more read finds bytes behind the object.
            return count == items.Length && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            // Not JSON, or a name with half a surrogate: whatever it says, it is sent again.
            return false;
        }
    }

    private static bool TryReadItems(ref Utf8JsonReader reader, Span<ItemAnswer> items, out int count)
    {
        count = 0;
        if (reader.TokenType != JsonTokenType.StartArray) return false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == items.Length || reader.TokenType != JsonTokenType.StartObject) return false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName) return false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            ref ItemAnswer item = ref items[count++];
            item = default;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isStatus = reader.ValueTextEquals("status"u8);
                bool isError = !isStatus && reader.ValueTextEquals("error"u8);
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                if (isStatus && (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out item.Status))) return false;
                reader.Skip();
                if (isError) (item.ErrorStart, item.ErrorLength) = (start, (int)reader.BytesConsumed - start);
            }

            if (item.Status == 0 || !reader.Read() || reader.TokenType != JsonTokenType.EndObject) return false;
        }

        return true;
    }

    private static byte[] Repeat(byte[] row, int times)
    {
        byte[] block = new byte[row.Length * times];
        for (int i = 0; i < times; i++) row.CopyTo(block, i * row.Length);
        return block;
    }
}
