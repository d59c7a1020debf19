using BenchmarkDotNet.Attributes;
using LogPipeline.Configuration;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Sources;

namespace LogPipeline.Benchmarks.Micro;

/// <summary>Entries to records.</summary>
public class Joining
{
    private readonly RecordJoiner _none = new(Rule("none")), _auto = new(Rule("auto")), _traces = new(Rule("auto"));
    private readonly LogEntry[] _lines = Entries(SampleLogs.Cri), _traceLines = Entries(SampleLogs.Traces);

    [Benchmark]
    public long None() => Join(_none, SampleLogs.Cri, _lines);

    [Benchmark]
    public long SingleLines() => Join(_auto, SampleLogs.Cri, _lines);

    [Benchmark]
    public long TracesAndPartials() => Join(_traces, SampleLogs.Traces, _traceLines);

    private static long Join(RecordJoiner joiner, byte[] chunk, LogEntry[] entries)
    {
        var sink = new Counted();
        foreach (ref readonly LogEntry entry in entries.AsSpan()) joiner.Add(entry, chunk, 1, ref sink);
        joiner.EndChunk(chunk);
        joiner.End(ref sink);
        return sink.Bytes;
    }

    private static LogEntry[] Entries(byte[] chunk)
    {
        var reader = new EntryReader(LogFormat.Cri, 1 << 20);
        var entries = new List<LogEntry>();
        int position = 0;
        LogEntry entry = default;
        while (reader.TryRead(chunk, ref position, 0, endOfFile: true, ref entry)) entries.Add(entry);
        return [.. entries];
    }

    private static JoiningRule Rule(string preset) => JoiningRule.Create(new JoiningOptions { Preset = preset }, 1 << 20);

    private struct Counted : IRecordSink
    {
        public long Bytes;

        public void Accept(in JoinedRecord record) => Bytes += record.Text.Length;
    }
}
