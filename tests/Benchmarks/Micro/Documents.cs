using BenchmarkDotNet.Attributes;
using LogPipeline.Configuration;
using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Sources;

namespace LogPipeline.Benchmarks.Micro;

/// <summary>Records to a bulk body, and the whole path of a line in memory: from a chunk of CRI lines to documents.</summary>
public class Documents : IBodyTarget, IDisposable
{
    private readonly PipelineMetrics _metrics = new();
    private readonly DocumentPrefix _plain = SampleFile.Prefix("none"), _parsed = SampleFile.Prefix("auto");
    private readonly EntryReader _reader = new(LogFormat.Cri, 1 << 20);
    private readonly RecordJoiner _joiner = new(JoiningRule.Create(new JoiningOptions(), 1 << 20));
    private readonly RecordEncoder _encoder;
    private readonly ChunkTicket _ticket = new(new object(), 0);
    private readonly byte[] _chunk = [.. SampleLogs.Cri];
    private BulkBody _body;

    public Documents()
    {
        _encoder = new RecordEncoder(this, _metrics, maxDepth: 20);
        _body = NewBody();
    }

    /// <summary>One document for each line, nothing looked for in its text.</summary>
    [Benchmark]
    public long BulkEncoding()
    {
        var sink = new Sink(_encoder, _plain, _ticket);
        long offset = 0;
        foreach (byte[] text in SampleLogs.Texts)
        {
            sink.Accept(new JoinedRecord
            {
                Start = new(1_795_190_000, offset), SourceLengthBytes = text.Length + 46, SubStream = SubStream.Stdout, TimestampNanos = 1_795_190_410_123_456_789 + offset, Flags = RecordFlags.None, Lines = 1, Text = text,
            });
            offset += text.Length + 46;
        }
        return Finish();
    }

    /// <summary>As lines come from containerd, joined and parsed by default.</summary>
    [Benchmark]
    public long WholePath()
    {
        var sink = new Sink(_encoder, _parsed, _ticket);
        int position = 0;
        LogEntry entry = default;
        while (_reader.TryRead(_chunk, ref position, 0, endOfFile: false, ref entry)) _joiner.Add(entry, _chunk, 1_795_190_000, ref sink);
        _joiner.EndChunk(_chunk);
        _joiner.End(ref sink);
        return Finish();
    }

    public BulkBody Open(string tenant, bool lookUpFirst) => _body;

    public void Appended(BulkBody body)
    {
    }

    public void Dispose()
    {
        _body.Dispose();
        _metrics.Dispose();
        GC.SuppressFinalize(this);
    }

    // A body of the size that a busy tenant's has: its buffers are kept for the next one.
    private static BulkBody NewBody() => new("shop", 2 << 20);

    private long Finish()
    {
        long length = _body.Length;
        _body.Dispose();
        _body = NewBody();
        return length;
    }

    private readonly struct Sink(RecordEncoder encoder, DocumentPrefix prefix, ChunkTicket ticket) : IRecordSink
    {
        public void Accept(in JoinedRecord record) => encoder.Encode(0, prefix, ticket, record, isCollision: false);
    }
}
