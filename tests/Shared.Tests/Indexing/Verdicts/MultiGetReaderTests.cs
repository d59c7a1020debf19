using System.Text;
using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Tests.Indexing.Verdicts;

public sealed class MultiGetReaderTests
{
    [Theory]
    [InlineData("""{"@timestamp":"2026-11-20T16:40:10.000000001Z","attributes":{"log.length":77}}""")]
    [InlineData("""{"attributes":{"log":{"length":77}},"@timestamp":"2026-11-20T16:40:10.000000001Z"}""")]
    [InlineData("""{"attributes.log.length":77,"@timestamp":"2026-11-20T16:40:10.000000001Z"}""")]
    [InlineData("""{"attributes.log":{"length":77},"@timestamp":"2026-11-20T16:40:10.000000001Z"}""")]
    public void The_extent_is_found_however_the_source_is_nested(string source)
    {
        StoredRecord record = Read($$"""{"docs":[{"found":true,"_source":{{source}}}]}""", 1)[0];
        Assert.Equal(StoredState.Found, record.State);
        Assert.Equal(77, record.LengthBytes);
        Assert.Equal("2026-11-20T16:40:10.000000001Z", StoredTimestamp.Format(record.TimestampNanos));
    }

    [Theory]
    [InlineData("""{"found":true}""")]
    [InlineData("""{"found":true,"_source":{}}""")]
    [InlineData("""{"found":true,"_source":{"attributes":{"log.length":"x"},"@timestamp":5}}""")]
    public void A_document_without_an_extent_is_another_record(string entry)
    {
        StoredRecord record = Read($$"""{"docs":[{{entry}}]}""", 1)[0];
        Assert.Equal(ExtentMatch.OtherRecord, ExtentComparison.Of(new BulkItem { RecordLengthBytes = 1, TimestampNanos = 1 }, record));
    }

    [Fact]
    public void Recorded_answers_tell_found_missing_and_forbidden_apart()
    {
        StoredRecord[] docs = Read(RecordedExchange.Load("plain/mget-docs").Body, 3);
        Assert.Equal([StoredState.Found, StoredState.Missing, StoredState.Missing], docs.Select(d => d.State));
        Assert.Equal("2026-11-20T12:00:00.000000001Z", StoredTimestamp.Format(docs[0].TimestampNanos));
        Assert.Equal(StoredState.Missing, Read(RecordedExchange.Load("plain/mget-missing-index").Body, 1)[0].State);
        Assert.Equal(StoredState.Hold, Read(RecordedExchange.Load("security/mget-403-writer").Body, 1)[0].State);
        // A data stream's documents cannot be looked up under its name: not the same as missing.
        Assert.All(Read(RecordedExchange.Load("plain/data-stream-mget").Body, 2), d => Assert.Equal(StoredState.Hold, d.State));
        Assert.Equal(StoredState.Hold, Read(RecordedExchange.Load("plain/mget-alias-two-indices-400").Body, 1)[0].State);
    }

    [Fact]
    public void A_truncated_or_short_answer_is_not_read()
    {
        byte[] answer = RecordedExchange.Load("plain/mget-docs").Body;
        for (int length = 0; length < answer.Length; length++) Assert.False(MultiGetReader.TryRead(answer.AsSpan(0, length), new StoredRecord[3]), $"{length}");
        Assert.False(MultiGetReader.TryRead(answer, new StoredRecord[2]));
        Assert.False(MultiGetReader.TryRead(answer, new StoredRecord[4]));
    }

    [Theory]
    [InlineData(10, 5, 10, 5, ExtentMatch.Same)]
    [InlineData(10, 5, 11, 5, ExtentMatch.OtherLength)]
    [InlineData(10, 5, 10, 6, ExtentMatch.OtherRecord)]
    [InlineData(10, 5, 11, 6, ExtentMatch.OtherRecord)]
    [InlineData(10, LogEntry.NoTimestamp, 10, 6, ExtentMatch.Same)]
    [InlineData(10, LogEntry.NoTimestamp, 9, 6, ExtentMatch.OtherLength)]
    [InlineData(10, LogEntry.NoTimestamp, -1, 6, ExtentMatch.OtherRecord)]
    public void Extents_compare_by_length_and_by_time_where_it_is_the_bytes_own(long length, long nanos, long storedLength, long storedNanos, ExtentMatch expected)
    {
        BulkItem item = new() { RecordLengthBytes = length, TimestampNanos = nanos };
        Assert.Equal(expected, ExtentComparison.Of(item, new StoredRecord { State = StoredState.Found, LengthBytes = storedLength, TimestampNanos = storedNanos }));
    }

    [Fact]
    public void Timestamps_round_trip_over_their_whole_range()
    {
        Random random = new(7);
        for (int i = 0; i < 1000; i++)
        {
            long nanos = random.NextInt64(-9_000_000_000_000_000_000, 9_000_000_000_000_000_000);
            Assert.True(StoredTimestamp.TryParse(Encoding.ASCII.GetBytes(StoredTimestamp.Format(nanos)), out long parsed));
            Assert.Equal(nanos, parsed);
        }
    }

    [Theory]
    [InlineData("2026-11-20T16:40:10Z", true)]
    [InlineData("2026-11-20T16:40:10.5Z", true)]
    [InlineData("2026-11-20T16:40:10.1234567891Z", false)]
    [InlineData("2026-11-20T16:40:10.Z", false)]
    [InlineData("2026-13-20T16:40:10Z", false)]
    [InlineData("2026-02-30T16:40:10Z", false)]
    [InlineData("2026-11-20 16:40:10Z", false)]
    [InlineData("2026-11-20T16:40:10+01:00", false)]
    [InlineData("1795190425146", false)]
    public void Only_this_pipelines_form_of_a_timestamp_is_read(string text, bool expected) =>
        Assert.Equal(expected, StoredTimestamp.TryParse(Encoding.ASCII.GetBytes(text), out _));

    private static StoredRecord[] Read(string answer, int count) => Read(Encoding.UTF8.GetBytes(answer), count);

    private static StoredRecord[] Read(byte[] answer, int count)
    {
        StoredRecord[] records = new StoredRecord[count];
        Assert.True(MultiGetReader.TryRead(answer, records));
        return records;
    }
}
