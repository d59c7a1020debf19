using System.Buffers.Text;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Parsing;
using LogPipeline.Tenancy;

namespace LogPipeline.Indexing;

/// <summary>Writes a record as the two lines of a bulk body: the <c>create</c> action and the document (its shape: docs/documents.md).</summary>
public static class DocumentEncoder
{
    // The action, the time, severity, offsets and flags; what is static and what the record brings come on top.
    private const int FixedBytes = 640;

    /// <summary>Appends the record; <paramref name="item"/> gets the places and lengths of its lines, and false comes back when bytes of its text were not UTF-8.</summary>
    /// <param name="body">The tenant's open body.</param>
    /// <param name="prefix">What its file's documents share.</param>
    /// <param name="record">The record.</param>
    /// <param name="parsed">What was found in its text.</param>
    /// <param name="readAtNanos">When its chunk was read: the time of a record without one of its own.</param>
    /// <param name="item">Filled but for its ticket.</param>
    public static bool Append(BulkBody body, DocumentPrefix prefix, in JoinedRecord record, in ParsedRecord parsed, long readAtNanos, ref BulkItem item)
    {
        bool ownTime = record.TimestampNanos != LogEntry.NoTimestamp;
        long nanos = ownTime ? record.TimestampNanos : readAtNanos;
        item.IndexDay = prefix.Pin.Day >= 0 ? prefix.Pin.Day : ownTime ? IndexNames.UtcDay(nanos) : prefix.UntimedDay;
        ReadOnlySpan<byte> index = prefix.Index(item.IndexDay);
        item.Start = body.Length;
        item.RecordLengthBytes = record.SourceLengthBytes;
        item.TimestampNanos = record.TimestampNanos;

        Span<byte> destination = body.GetSpan(FixedBytes + index.Length);
        int at = Put(destination, 0, "{\"create\":{\"_index\":\""u8);
        at = Put(destination, at, index);
        at = Put(destination, at, "\",\"_id\":\""u8);
        at = Put(destination, at, prefix.IdPrefix);
        RecordId.WriteOffset(record.Start.OffsetBytes, destination[at..]);
        at = Put(destination, at + 8, "\"}}\n"u8);
        item.ActionLength = at;

        at = Put(destination, at, "{\"@timestamp\":\""u8);
        at += Rfc3339Nano.Write(nanos, destination[at..]);
        at = Put(destination, at, "\",\"body\":\""u8);
        body.Advance(at);
        bool valid = JsonText.Append(body, record.Text);

        ReadOnlySpan<byte> statics = prefix.Statics(record.SubStream);
        destination = body.GetSpan(FixedBytes + statics.Length + parsed.FieldsJson.Length);
        destination[0] = (byte)'"';
        at = PutSeverity(destination, 1, parsed.Severity);
        at = Put(destination, at, statics);
        at = PutNumber(destination, at, record.Start.OffsetBytes);
        at = Put(destination, at, ",\"log.length\":"u8);
        at = PutNumber(destination, at, record.SourceLengthBytes);
        at = Put(destination, at, ",\"log.sequence\":\""u8);
        at = Put(destination, at, prefix.SequencePrefix);
        Utf8Formatter.TryFormat(record.Start.OffsetBytes, destination[at..], out int digits, new('D', 15));
        at += digits;
        destination[at++] = (byte)'"';
        if (record.Flags != RecordFlags.None || parsed.Failed || !valid) at = PutFlags(destination, at, record.Flags, parsed.Failed, !valid);
        if (!parsed.FieldsJson.IsEmpty)
        {
            at = Put(destination, at, ",\"fields\":"u8);
            at = Put(destination, at, parsed.FieldsJson);
        }
        at = Put(destination, at, "}}\n"u8);
        body.Advance(at);
        item.SourceLength = body.Length - item.Start - item.ActionLength;
        return valid;
    }

    private static int Put(Span<byte> destination, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination[at..]);
        return at + bytes.Length;
    }

    private static int PutNumber(Span<byte> destination, int at, long value)
    {
        Utf8Formatter.TryFormat(value, destination[at..], out int digits);
        return at + digits;
    }

    private static int PutSeverity(Span<byte> destination, int at, Severity severity) => severity switch
    {
        Severity.Trace => Put(destination, at, ",\"severity\":{\"text\":\"TRACE\",\"number\":1}"u8),
        Severity.Debug => Put(destination, at, ",\"severity\":{\"text\":\"DEBUG\",\"number\":5}"u8),
        Severity.Info => Put(destination, at, ",\"severity\":{\"text\":\"INFO\",\"number\":9}"u8),
        Severity.Warn => Put(destination, at, ",\"severity\":{\"text\":\"WARN\",\"number\":13}"u8),
        Severity.Error => Put(destination, at, ",\"severity\":{\"text\":\"ERROR\",\"number\":17}"u8),
        Severity.Fatal => Put(destination, at, ",\"severity\":{\"text\":\"FATAL\",\"number\":21}"u8),
        _ => at,
    };

    private static int PutFlags(Span<byte> destination, int at, RecordFlags flags, bool parseError, bool invalidUtf8)
    {
        at = Put(destination, at, ",\"log.flags\":["u8);
        int first = at;
        if ((flags & RecordFlags.Truncated) != 0) at = PutFlag(destination, at, first, "truncated"u8);
        if ((flags & RecordFlags.Continued) != 0) at = PutFlag(destination, at, first, "continued"u8);
        if ((flags & RecordFlags.FormatError) != 0) at = PutFlag(destination, at, first, "format_error"u8);
        if ((flags & RecordFlags.Unterminated) != 0) at = PutFlag(destination, at, first, "unterminated"u8);
        if (parseError) at = PutFlag(destination, at, first, "parse_error"u8);
        if (invalidUtf8) at = PutFlag(destination, at, first, "invalid_utf8"u8);
        destination[at] = (byte)']';
        return at + 1;
    }

    private static int PutFlag(Span<byte> destination, int at, int first, ReadOnlySpan<byte> name)
    {
        if (at > first) destination[at++] = (byte)',';
        destination[at++] = (byte)'"';
        at = Put(destination, at, name);
        destination[at] = (byte)'"';
        return at + 1;
    }
}
