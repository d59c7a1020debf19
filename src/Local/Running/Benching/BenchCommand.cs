using System.Globalization;
using LogPipeline.Configuration;
using LogPipeline.Configuration.Values;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.Observability.Usage;
using LogPipeline.Observability;

namespace LogPipeline.Local.Running.Benching;

/// <summary><c>pipeline bench</c>: this machine's figures. The whole pipeline, from files to a counting sink in a process of its own, with its state in a temporary folder.</summary>
internal sealed class BenchCommand(BenchSettings settings, TextWriter output, TextWriter error, IPipelineLog log)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly TerminalStyle _style = TerminalStyle.For(Console.IsOutputRedirected, Environment.GetEnvironmentVariable);

    public async Task<int> RunAsync(CancellationToken stop)
    {
        string folder = Directory.CreateTempSubdirectory("pipeline-bench-").FullName;
        try
        {
            PipelineOptions options = settings.Options;
            double launched = CpuSplit.ProcessSeconds;
            string input = await InputAsync(options, folder);
            options.Ledger.StateDirectory = Path.Join(folder, "state");
            options.Web.Listen = "127.0.0.1:0";
            options.Tailing.From = "start";
            using SinkProcess sink = await SinkProcess.StartAsync(stop);
            options.Store.Urls.Clear();
            options.Store.Urls.Add(sink.Address.ToString());
            return await MeasureAsync(options, input, sink, CpuSplit.ProcessSeconds - launched, stop);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> InputAsync(PipelineOptions options, string folder)
    {
        if (options.Sources.Count > 0) return string.Join(", ", options.Sources.Select(source => source.Path));
        await output.WriteLineAsync(_style.Dim(string.Create(CultureInfo.InvariantCulture, $"writing {ByteSize.Approximate(settings.SizeBytes)} of CRI lines to {folder}")));
        BenchLogs.Write(folder, settings.SizeBytes, settings.Files);
        options.Sources.Add(new SourceOptions { Path = BenchLogs.Glob(folder) });
        return string.Create(CultureInfo.InvariantCulture, $"{ByteSize.Approximate(settings.SizeBytes)} of generated CRI lines in {settings.Files:N0} {(settings.Files == 1 ? "file" : "files")}");
    }

    private async Task<int> MeasureAsync(PipelineOptions options, string input, SinkProcess sink, double preparing, CancellationToken stop)
    {
        TimeProvider time = TimeProvider.System;
        long started = time.GetTimestamp();
        await using RunningPipeline pipeline = await RunningPipeline.StartAsync(options, new OnlyTrouble(log));
        if (pipeline.Streams.Count == 0)
        {
            await error.WriteLineAsync($"pipeline: no file matches {input}");
            return ExitCode.CannotStart;
        }
        TimeSpan elapsed = await UntilIdle(pipeline, started, time, stop);
        CpuUse cpu = pipeline.Cpu.Now();
        (long documents, long requests) = await sink.CountsAsync();
        var report = new BenchReport
        {
            Input = $"{input}; joining {options.Joining.Preset}, parsing {options.Parsing.Parser}",
            ReadBytes = pipeline.ReadBytes, SentBytes = pipeline.SentBytes, Records = pipeline.StoredRecords, Documents = documents, Requests = requests, Elapsed = elapsed,
            Cpu = cpu with { Start = Math.Max(0, cpu.Start - preparing) }, PeakRssBytes = ProcessMemory.PeakBytes,
        };
        await output.WriteAsync(report.Render(_style));
        return report.IsWhole ? ExitCode.Success : ExitCode.Wrong;
    }

    // Each stream's last record may have to wait for silence: what comes so late is no work.
    private static async Task<TimeSpan> UntilIdle(RunningPipeline pipeline, long started, TimeProvider time, CancellationToken stop)
    {
        using var tick = new PeriodicTimer(Tick);
        TimeSpan elapsed = TimeSpan.Zero;
        long stored = 0, read = -1;
        while (await tick.WaitForNextTickAsync(stop))
        {
            long now = pipeline.StoredRecords, readNow = pipeline.ReadBytes;
            if (now - stored > pipeline.Streams.Count || elapsed == TimeSpan.Zero) elapsed = time.GetElapsedTime(started);
            stored = now;
            if (pipeline.IsIdle && readNow > 0 && readNow == read) return elapsed;
            read = readNow;
        }
        throw new OperationCanceledException(stop);
    }

    /// <summary>What a start has to say otherwise is about a store that is none.</summary>
    private sealed class OnlyTrouble(IPipelineLog log) : IPipelineLog
    {
        public void Write(PipelineLogLevel level, string eventName, string message)
        {
            if (level >= PipelineLogLevel.Warning) log.Write(level, eventName, message);
        }
    }
}
