using System.Buffers.Text;
using System.Text.Json;

namespace LogPipeline.Indexing.Verdicts;

/// <summary>Reads answers of <c>_mget</c> asked with <see cref="Query"/>.</summary>
public static class MultiGetReader
{
    /// <summary>Every entry keeps <c>found</c> or <c>error</c>, so that none vanishes. The length's path is written as one key, nested, or mixed in the source; the filter takes all.</summary>
    public const string Query = "_source_includes=attributes.log.length,@timestamp&filter_path=docs.found,docs.error.type,docs.error.reason,docs._source,error,status";

    /// <summary>Reads the entries in order. False when the answer is not whole or has not exactly one entry for each id.</summary>
    public static bool TryRead(ReadOnlySpan<byte> answer, Span<StoredRecord> records)
    {
        try
        {
            if (!JsonFields.TryFind(answer, "docs"u8, out Range docs)) return false;
            Utf8JsonReader whole = new(answer);
            whole.Read();
            whole.Skip();
            if (whole.Read()) return false;

            int offset = docs.GetOffsetAndLength(answer.Length).Offset;
            Utf8JsonReader reader = new(answer[docs]);
            int count = 0;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (count == records.Length) return false;
                records[count++] = ReadEntry(answer[(offset + start)..(offset + (int)reader.BytesConsumed)]);
            }

            return count == records.Length;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static StoredRecord ReadEntry(ReadOnlySpan<byte> entry)
    {
        if (JsonFields.TryFind(entry, "error"u8, out Range error)) return OfError(StoreError.Parse(entry[error]));
        if (!JsonFields.TryFind(entry, "found"u8, out Range found)) return default;
        if (!entry[found].SequenceEqual("true"u8)) return new StoredRecord { State = StoredState.Missing };

        StoredRecord record = new() { State = StoredState.Found, LengthBytes = -1, TimestampNanos = long.MinValue };
        if (!JsonFields.TryFind(entry, "_source"u8, out Range place)) return record;
        ReadOnlySpan<byte> source = entry[place];
        if (JsonFields.TryFind(source, "attributes.log.length"u8, out Range length)
            && Utf8Parser.TryParse(source[length], out long bytes, out int read) && read == source[length].Length) record.LengthBytes = bytes;
        if (JsonFields.TryFind(source, "@timestamp"u8, out Range time)
            && StoredTimestamp.TryParse(JsonFields.StringContent(source[time]), out long nanos)) record.TimestampNanos = nanos;
        return record;
    }

    private static StoredRecord OfError(StoreError error) => error.Type switch
    {
        // "no such index [null]" is the answer for a data stream's name: its documents cannot be asked for this way.
        "index_not_found_exception" when !error.Reason.Contains("[null]", StringComparison.Ordinal) => new StoredRecord { State = StoredState.Missing },
        "index_not_found_exception" or "security_exception" or "index_closed_exception" or "cluster_block_exception" or "illegal_argument_exception" or "invalid_index_name_exception"
            => new StoredRecord { State = StoredState.Hold, Error = error },
        _ => new StoredRecord { State = StoredState.Unknown, Error = error },
    };
}
