using BenchmarkDotNet.Attributes;
using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Benchmarks.Micro;

/// <summary>Entries out of a chunk of whole lines. Docker's is copied first, as it is unescaped in place.</summary>
public class Framing
{
    private readonly EntryReader _plain = new(LogFormat.Plain, 1 << 20), _cri = new(LogFormat.Cri, 1 << 20), _docker = new(LogFormat.Docker, 1 << 20);
    private readonly byte[] _plainChunk = [.. SampleLogs.Plain], _criChunk = [.. SampleLogs.Cri], _dockerChunk = new byte[SampleLogs.Docker.Length];

    [Benchmark]
    public long Plain() => ReadAll(_plain, _plainChunk);

    [Benchmark]
    public long Cri() => ReadAll(_cri, _criChunk);

    [Benchmark]
    public long Docker()
    {
        SampleLogs.Docker.CopyTo(_dockerChunk, 0);
        return ReadAll(_docker, _dockerChunk);
    }

    private static long ReadAll(EntryReader reader, byte[] chunk)
    {
        long bytes = 0;
        int position = 0;
        LogEntry entry = default;
        while (reader.TryRead(chunk, ref position, 0, endOfFile: false, ref entry)) bytes += entry.TextLength;
        return bytes;
    }
}
