using BenchmarkDotNet.Attributes;
using LogPipeline.Indexing;

namespace LogPipeline.Benchmarks.Micro;

/// <summary>Texts to the inside of JSON strings: copied, escaped and checked in one pass; what is not ASCII is checked for being UTF-8 first.</summary>
public class Escaping : IDisposable
{
    private readonly BulkBody _body = new("t", 4 << 20);

    [Benchmark]
    public long Ascii() => Append(SampleLogs.Texts);

    [Benchmark]
    public long Utf8Check() => Append(SampleLogs.Utf8Texts);

    [Benchmark]
    public long BrokenUtf8() => Append(SampleLogs.BrokenTexts);

    public void Dispose()
    {
        _body.Dispose();
        GC.SuppressFinalize(this);
    }

    private long Append(byte[][] texts)
    {
        int before = _body.Length;
        foreach (byte[] text in texts) JsonText.Append(_body, text);
        int written = _body.Length - before;
        _body.Advance(-written);
        return written;
    }
}
