using System.Buffers;
using System.Text;
using System.Text.Json;
using LogPipeline.Indexing;
using LogPipeline.Indexing.Delivery;

namespace LogPipeline.Tests.Indexing.Delivery;

public sealed class DeadLetterEncoderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 16, 40, 0, TimeSpan.Zero);

    [Fact]
    public void Whatever_bytes_were_refused_the_dead_letter_is_json_and_gives_them_back()
    {
        Random random = new(11);
        for (int i = 0; i < 500; i++)
        {
            byte[] source = new byte[random.Next(200)];
            random.NextBytes(source);
            if (i % 2 == 0) Encoding.UTF8.GetBytes(Documents.Source("a", i, "text", 5, 7)).AsSpan(0, random.Next(100)).CopyTo(source = new byte[100]);
            source.AsSpan().Replace((byte)'\n', (byte)' ');
            using BulkBody body = new("tenant \"\\", 100);
            body.Write("{\"create\":{\"_index\":\"logs-a\",\"_id\":\"x\"}}\n"u8);
            int action = body.Length;
            body.Write(source);
            body.Write("\n"u8);
            body.Add(new BulkItem { ActionLength = action, SourceLength = source.Length + 1, RecordLengthBytes = 5, TimestampNanos = long.MinValue });
            using BulkBody letters = new("a", 100);
            DeadLetterEncoder.Append(letters, body, new DeadLetter(0, new DeadLetterReason("t\"", "r\n\ud800", 400), Suffixed: false), Now);

            Assert.Equal("{\"create\":{\"_index\":\"deadletter-logs-a\",\"_id\":\"x\"}}\n", Encoding.UTF8.GetString(letters.ActionLine(letters.Items[0])));
            ReadOnlySpan<byte> line = letters.SourceLine(letters.Items[0]);
            Assert.Equal(line.Length - 1, line.IndexOf((byte)'\n'));
            using JsonDocument json = JsonDocument.Parse(line.ToArray());
            Assert.Equal(source, json.RootElement.GetProperty("document").GetBytesFromBase64());
            Assert.Equal(5, json.RootElement.GetProperty("attributes").GetProperty("log.length").GetInt64());
            Assert.Equal("tenant \"\\", json.RootElement.GetProperty("tenant").GetString());
        }
    }

    [Fact]
    public void Parts_join_to_the_whole_and_only_the_first_has_the_records_id()
    {
        BulkBody body = Documents.Body("a", 1);
        List<byte> joined = [];
        for (int part = 0; part < 7; part++)
        {
            using BulkBody letters = new("a", 100);
            DeadLetterEncoder.Append(letters, body, new DeadLetter(0, new DeadLetterReason("t", "r", 413), Suffixed: false) { Part = part, Parts = 7 }, Now);
            using JsonDocument json = JsonDocument.Parse(letters.SourceLine(letters.Items[0]).ToArray());
            joined.AddRange(json.RootElement.GetProperty("document").GetBytesFromBase64());
            Assert.Equal(7, json.RootElement.GetProperty("part").GetProperty("count").GetInt32());
            DocumentAddress address = new(letters.ActionLine(letters.Items[0]));
            Assert.Equal(part == 0 ? Documents.Id(1) : $"{Documents.Id(1)}.part{part}of7", Encoding.UTF8.GetString(address.Id));
        }

        Assert.Equal(body.SourceLine(body.Items[0]).TrimEnd((byte)'\n').ToArray(), joined);
    }
}
