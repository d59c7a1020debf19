using System.Text;
using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Parsing;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Indexing;

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
    {
        DocumentPrefix prefix = Prefix(day: -1);
        foreach (int day in new[] { 0, 1, 1, 0, 20_777 })
        {
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
        }
    }

    [Fact]
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
    }
}
