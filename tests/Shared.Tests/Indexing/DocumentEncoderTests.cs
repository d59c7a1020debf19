using System.Text;
using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Parsing;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Indexing;

public class DocumentEncoderTests
{
    private static readonly FileId File = new((UInt128)0x0123456789abcdef << 64 | 0xfedcba9876543210);

    [Fact]
    public void A_record_becomes_an_action_and_a_document()
    {
        string written = Encode(Prefix(day: -1), 1_795_190_410_123_456_789, "say \"hi\"", RecordFlags.None, Severity.Warn, "{\"user\":\"u1\"}", out BulkItem item);
        string id = RecordId.Format(File, 1234);
        string action = $$$"""{"create":{"_index":"logs-shop-2026.11.20","_id":"{{{id}}}"}}""" + "\n";
        string source = """
            {"@timestamp":"2026-11-20T16:00:10.123456789Z","body":"say \"hi\"","severity":{"text":"WARN","number":13},"tenant":"shop","resource":{"host.name":"n1"},"attributes":{"log.file.path":"/a.log","log.file.id":"ASNFZ4mrze_-3LqYdlQyEA","log.iostream":"stderr","log.offset":1234,"log.length":99,"log.sequence":"00002-0000000007-000000000001234","fields":{"user":"u1"}}}
            """ + "\n";
        Assert.Equal(action + source, written);
        Assert.Equal((0, action.Length, source.Length), (item.Start, item.ActionLength, item.SourceLength));
        Assert.Equal((99L, 1_795_190_410_123_456_789, 20_777), (item.RecordLengthBytes, item.TimestampNanos, item.IndexDay));
    }

    [Fact]
    public void What_was_done_to_a_text_is_said_in_its_flags()
    {
        string written = Encode(Prefix(day: -1), 0, "\ufffd"u8[..2], RecordFlags.Truncated | RecordFlags.Continued, Severity.Unspecified, "", out _);
        Assert.Contains(""","log.flags":["truncated","continued","invalid_utf8"]}}""", written, StringComparison.Ordinal);
        Assert.Contains("\"body\":\"\ufffd\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain("severity", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Documents_of_one_file_go_to_the_index_of_each_ones_day()
    {
        DocumentPrefix prefix = Prefix(day: -1);
        foreach (int day in new[] { 0, 1, 1, 0, 20_777 })
        {
            string written = Encode(prefix, day * 86_400_000_000_000L, "x", RecordFlags.None, Severity.Unspecified, "", out BulkItem item);
            Assert.Equal(day, item.IndexDay);
            Assert.StartsWith($$$"""{"create":{"_index":"logs-shop-{{{DateTime.UnixEpoch.AddDays(day):yyyy.MM.dd}}}","_id":"{{{RecordId.Format(File, 1234)}}}"}}""", written, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_record_without_a_time_gets_that_of_its_reading_and_the_day_that_was_recorded()
    {
        string written = Encode(Prefix(day: 3), LogEntry.NoTimestamp, "x", RecordFlags.None, Severity.Unspecified, "", out BulkItem item);
        Assert.Contains("\"_index\":\"logs-shop-1970.01.04\"", written, StringComparison.Ordinal);
        Assert.Contains("\"@timestamp\":\"1970-01-01T00:00:00.000000042Z\"", written, StringComparison.Ordinal);
        Assert.Equal((3, LogEntry.NoTimestamp), (item.IndexDay, item.TimestampNanos));
    }

    private static DocumentPrefix Prefix(int day) => new(
        File,
        new Pin { FromOffsetBytes = 0, Format = LogFormat.Cri, Tenant = "shop", IndexTemplate = "logs-shop-{day}", JoiningRule = "", Parser = "none", Day = day, Path = "/a.log", ResourceJson = "\"host.name\":\"n1\"" },
        restart: 2,
        ordinal: 7);

    private static string Encode(DocumentPrefix prefix, long nanos, string text, RecordFlags flags, Severity severity, string fields, out BulkItem item) =>
        Encode(prefix, nanos, Encoding.UTF8.GetBytes(text), flags, severity, fields, out item);

    private static string Encode(DocumentPrefix prefix, long nanos, ReadOnlySpan<byte> text, RecordFlags flags, Severity severity, string fields, out BulkItem item)
    {
        using BulkBody body = new("shop", 16);
        item = default;
        JoinedRecord record = new() { Start = new StreamPosition(7, 1234), SourceLengthBytes = 99, SubStream = SubStream.Stderr, TimestampNanos = nanos, Flags = flags, Lines = 1, Text = text };
        ParsedRecord parsed = new() { Severity = severity, FieldsJson = Encoding.UTF8.GetBytes(fields) };
        DocumentEncoder.Append(body, prefix, record, parsed, readAtNanos: 42, ref item);
        return Encoding.UTF8.GetString(body.Written.Span);
    }
}
