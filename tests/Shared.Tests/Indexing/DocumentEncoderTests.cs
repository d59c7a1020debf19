using System.Text;
<<<<<<< HEAD
=======
using System.Text.Json;
>>>>>>> perf
using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Parsing;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Indexing;

<<<<<<< HEAD
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
=======
public sealed class DocumentEncoderTests
{
    private const long Nanos = 1_795_190_410_123_456_789; // 2026-11-20T16:00:10.123456789Z

    private static readonly FileId File = new(UInt128.Parse("123456789012345678901234567890", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void A_record_becomes_a_create_action_and_a_document_of_one_line_each()
    {
        using BulkBody body = Encode("hello", out BulkItem item);

        using JsonDocument action = Parse(body.ActionLine(item)), document = Parse(body.SourceLine(item));
        JsonElement create = action.RootElement.GetProperty("create");
        Assert.Equal("logs-shop-2026.11.20", create.GetProperty("_index").GetString());
        Assert.Equal(RecordId.Format(File, 1234), create.GetProperty("_id").GetString());
        JsonElement root = document.RootElement, attributes = root.GetProperty("attributes");
        Assert.Equal("2026-11-20T16:00:10.123456789Z", root.GetProperty("@timestamp").GetString());
        Assert.Equal("hello", root.GetProperty("body").GetString());
        Assert.Equal(17, root.GetProperty("severity").GetProperty("number").GetInt32());
        Assert.Equal("shop", root.GetProperty("tenant").GetString());
        Assert.Equal("n1", root.GetProperty("resource").GetProperty("host.name").GetString());
        Assert.Equal("stderr", attributes.GetProperty("log.iostream").GetString());
        Assert.Equal(1234, attributes.GetProperty("log.offset").GetInt64());
        Assert.Equal(99, attributes.GetProperty("log.length").GetInt64());
        Assert.Equal("00003-1795190000-000000000001234", attributes.GetProperty("log.sequence").GetString());
        Assert.Equal("u1", attributes.GetProperty("fields").GetProperty("user").GetString());
        Assert.False(attributes.TryGetProperty("log.flags", out _));
        Assert.Equal(body.Length, item.ActionLength + item.SourceLength);
    }

    [Fact]
    public void What_was_done_to_a_record_is_said_in_its_flags()
    {
        using BulkBody body = Encode("x", out BulkItem item, flags: RecordFlags.Truncated | RecordFlags.Continued, text: [0xff, (byte)'a']);

        using JsonDocument document = Parse(body.SourceLine(item));
        Assert.Equal("\uFFFDa", document.RootElement.GetProperty("body").GetString());
        Assert.Equal(["truncated", "continued", "invalid_utf8"], document.RootElement.GetProperty("attributes").GetProperty("log.flags").EnumerateArray().Select(flag => flag.GetString()!));
    }

    [Fact]
    public void A_line_without_a_time_of_its_own_goes_to_the_recorded_day_whenever_it_is_read()
    {
        using BulkBody body = Encode("x", out BulkItem item, nanos: LogEntry.NoTimestamp, day: 20_000);

        Assert.Contains("logs-shop-2024.10.04", Encoding.UTF8.GetString(body.ActionLine(item)), StringComparison.Ordinal);
        Assert.Equal(LogEntry.NoTimestamp, item.TimestampNanos);
    }

    [Fact]
    public void Records_of_one_file_go_to_the_index_of_each_ones_day()
>>>>>>> perf
    {
        DocumentPrefix prefix = Prefix(day: -1);
        foreach (int day in new[] { 0, 1, 1, 0, 20_777 })
        {
<<<<<<< HEAD
            string written = Encode(prefix, day * 86_400_000_000_000L, "x", RecordFlags.None, Severity.Unspecified, "", out BulkItem item);
            Assert.Equal(day, item.IndexDay);
            Assert.StartsWith($$$"""{"create":{"_index":"logs-shop-{{{DateTime.UnixEpoch.AddDays(day):yyyy.MM.dd}}}","_id":"{{{RecordId.Format(File, 1234)}}}"}}""", written, StringComparison.Ordinal);
=======
            using BulkBody body = Encode("x", out BulkItem item, nanos: day * 86_400_000_000_000L, prefix: prefix);

            using JsonDocument action = Parse(body.ActionLine(item)), document = Parse(body.SourceLine(item));
            Assert.Equal($"logs-shop-{DateTime.UnixEpoch.AddDays(day):yyyy.MM.dd}", action.RootElement.GetProperty("create").GetProperty("_index").GetString());
            Assert.Equal($"{DateTime.UnixEpoch.AddDays(day):yyyy-MM-dd}T00:00:00.000000000Z", document.RootElement.GetProperty("@timestamp").GetString());
            Assert.Equal(day, item.IndexDay);
        }
    }

    [Fact]
    public void Any_bytes_come_back_as_the_text_that_they_are()
    {
        var random = new Random(20261120);
        for (int round = 0; round < 2000; round++)
        {
            byte[] text = new byte[random.Next(200)];
            random.NextBytes(text);
            if (round % 2 == 0) text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text)); // valid
            if (round % 3 == 0) for (int at = 0; at < text.Length; at++) text[at] = (byte)(text[at] % 0x60);

            using BulkBody body = Encode("", out BulkItem item, text: text);

            using JsonDocument document = Parse(body.SourceLine(item));
            Assert.True(Encoding.UTF8.GetString(text) == document.RootElement.GetProperty("body").GetString(), $"seed 20261120, round {round}: {Convert.ToHexString(text)}");
>>>>>>> perf
        }
    }

    [Fact]
<<<<<<< HEAD
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
=======
    public void An_encoded_record_says_again_where_it_lies()
    {
        using BulkBody body = Encode("x", out BulkItem item);

        Assert.Equal(new EncodedRecord(SubStream.Stderr, 1_795_190_000, 1234), EncodedRecord.Parse(body.SourceLine(item)));
    }

    private static BulkBody Encode(string value, out BulkItem item, RecordFlags flags = RecordFlags.None, byte[]? text = null, long nanos = Nanos, int day = -1, DocumentPrefix? prefix = null)
    {
        prefix ??= Prefix(day);
        var body = new BulkBody("shop", 64);
        var record = new JoinedRecord
        {
            Start = new StreamPosition(1_795_190_000, 1234), SourceLengthBytes = 99, SubStream = SubStream.Stderr, TimestampNanos = nanos, Flags = flags, Lines = 1,
            Text = text ?? Encoding.UTF8.GetBytes(value),
        };
        var parsed = new ParsedRecord { Severity = Severity.Error, FieldsJson = "{\"user\":\"u1\"}"u8 };
        item = default;
        DocumentEncoder.Append(body, prefix, record, parsed, readAtNanos: Nanos, ref item);
        body.Add(item);
        return body;
    }

    private static DocumentPrefix Prefix(int day)
    {
        var pin = new Pin
        {
            FromOffsetBytes = 0, Format = LogFormat.Cri, Tenant = "shop", IndexTemplate = "logs-shop-{day}", JoiningRule = "", Parser = "auto", Day = day,
            Path = "/var/log/pods/a\"b/0.log", ResourceJson = "\"host.name\":\"n1\"",
        };
        return new DocumentPrefix(File, pin, restart: 3, ordinal: 1_795_190_000);
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> line)
    {
        Assert.Equal((byte)'\n', line[^1]);
        Assert.False(line[..^1].Contains((byte)'\n'));
        return JsonDocument.Parse(line.ToArray());
>>>>>>> perf
    }
}
