using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Indexing.Delivery;

/// <summary>
/// Writes dead letters: <c>{"@timestamp","tenant","reason":{"type","reason","status"},"index","document","attributes":{…}}</c>, where
/// <c>document</c> is the refused source line in base64 (without its newline) and <c>attributes</c> keeps the record's place. The same
/// document gives the same id, so that a repeat is a 409. A document that does not fit one request is spread over several dead letters
/// with <c>"part":{"number","count"}</c>, each with its piece of the bytes.
/// </summary>
public static class DeadLetterEncoder
{
    private static readonly string[] CopiedAttributes = ["log.file.id", "log.offset", "log.file.path"];

    /// <param name="target">Gets the dead letter's two lines and its item.</param>
    /// <param name="source">The body that has the refused document.</param>
    /// <param name="letter">Which document, and why.</param>
    /// <param name="now">The time of a document that has none of its own that can be read.</param>
    public static void Append(BulkBody target, BulkBody source, DeadLetter letter, DateTimeOffset now)
    {
        ref readonly BulkItem item = ref source.Items[letter.Item];
        DocumentAddress address = new(source.ActionLine(item));
        ReadOnlySpan<byte> document = source.SourceLine(item).TrimEnd((byte)'\n');
        int start = target.Length;

        Write(target, "{\"create\":{\"_index\":\""u8);
        Write(target, Encoding.UTF8.GetBytes(DocumentAddress.DeadLetterPrefix));
        Write(target, address.Index);
        Write(target, "\",\"_id\":\""u8);
        Write(target, address.Id);
        if (letter.Suffixed) Write(target, Encoding.ASCII.GetBytes("." + Convert.ToHexStringLower(SHA256.HashData(document).AsSpan(0, 8))));
        if (letter.Part > 0) Write(target, Encoding.ASCII.GetBytes($".part{letter.Part}of{letter.Parts}"));
        Write(target, "\"}}\n"u8);
        int actionLength = target.Length - start;

        Write(target, "{\"@timestamp\":\""u8);
        Write(target, Encoding.ASCII.GetBytes(Timestamp(document, item, now)));
        Write(target, "\",\"tenant\":"u8);
        WriteText(target, source.Tenant);
        Write(target, ",\"reason\":{\"type\":"u8);
        WriteText(target, letter.Reason.Type);
        Write(target, ",\"reason\":"u8);
        WriteText(target, letter.Reason.Reason);
        Write(target, Encoding.ASCII.GetBytes($",\"status\":{letter.Reason.Status}}},\"index\":\""));
        Write(target, address.Index);
        Write(target, "\",\"document\":\""u8);
        Range piece = (int)((long)document.Length * letter.Part / letter.Parts)..(int)((long)document.Length * (letter.Part + 1) / letter.Parts);
        Span<byte> base64 = target.GetSpan(Base64.GetMaxEncodedToUtf8Length(document[piece].Length));
        Base64.EncodeToUtf8(document[piece], base64, out _, out int written);
        target.Advance(written);
        if (letter.Parts > 1) Write(target, Encoding.ASCII.GetBytes($"\",\"part\":{{\"number\":{letter.Part},\"count\":{letter.Parts}}},\"attributes\":{{"));
        else Write(target, "\",\"attributes\":{"u8);
        WriteAttributes(target, document, item);
        Write(target, "}}\n"u8);

        target.Add(new BulkItem
        {
            Start = start,
            ActionLength = actionLength,
            SourceLength = target.Length - start - actionLength,
            RecordLengthBytes = item.RecordLengthBytes,
            TimestampNanos = item.TimestampNanos,
            IsCollision = item.IsCollision,
        });
    }

    private static void WriteAttributes(BulkBody target, ReadOnlySpan<byte> document, in BulkItem item)
    {
        // Always there: it is what a later look-up compares.
        Write(target, Encoding.ASCII.GetBytes($"\"log.length\":{item.RecordLengthBytes}"));
        foreach (string name in CopiedAttributes)
        {
            if (!JsonFields.TryFind(document, Encoding.ASCII.GetBytes("attributes." + name), out Range value) || !IsScalar(document[value])) continue;
            Write(target, Encoding.ASCII.GetBytes($",\"{name}\":"));
            Write(target, document[value]);
        }
    }

    private static bool IsScalar(ReadOnlySpan<byte> value) => value[0] is not ((byte)'{' or (byte)'[');

    private static string Timestamp(ReadOnlySpan<byte> document, in BulkItem item, DateTimeOffset now)
    {
        if (item.TimestampNanos != LogEntry.NoTimestamp) return StoredTimestamp.Format(item.TimestampNanos);
        if (JsonFields.TryFind(document, "@timestamp"u8, out Range value)
            && StoredTimestamp.TryParse(JsonFields.StringContent(document[value]), out long nanos)) return StoredTimestamp.Format(nanos);
        return StoredTimestamp.Format((now - DateTimeOffset.UnixEpoch).Ticks * 100);
    }

    private static void WriteText(BulkBody target, string text)
    {
        // By way of UTF-8, which replaces half a surrogate instead of refusing it.
        Write(target, "\""u8);
        Write(target, JsonEncodedText.Encode(Encoding.UTF8.GetBytes(text)).EncodedUtf8Bytes);
        Write(target, "\""u8);
    }

    private static void Write(BulkBody target, ReadOnlySpan<byte> bytes) => BuffersExtensions.Write(target, bytes);
}
