using BenchmarkDotNet.Attributes;
using LogPipeline.Formats;

namespace LogPipeline.Benchmarks.Micro;

/// <summary>What a container runtime wrote before and around each of the lines.</summary>
public class LinePrefixes
{
    private readonly byte[][] _cri = Split(SampleLogs.Cri);
    private readonly byte[] _docker = SampleLogs.Docker;
    private readonly byte[] _text = new byte[64 << 10];

    [Benchmark]
    public long Cri()
    {
        long sum = 0;
        foreach (byte[] line in _cri)
            if (CriLine.TryParse(line, out CriLine parsed)) sum += parsed.TextStart;
        return sum;
    }

    [Benchmark]
    public long DockerUnescape()
    {
        long sum = 0;
        ReadOnlySpan<byte> rest = _docker;
        while (DockerLine.TryReadUsual(rest, _text, out _, out int textLength, out int lineLength))
        {
            sum += textLength;
            rest = rest[lineLength..];
        }
        return sum;
    }

    private static byte[][] Split(byte[] lines)
    {
        var found = new List<byte[]>();
        for (int start = 0; start < lines.Length;)
        {
            int length = lines.AsSpan(start).IndexOf((byte)'\n');
            found.Add(lines[start..(start + length)]);
            start += length + 1;
        }
        return [.. found];
    }
}
