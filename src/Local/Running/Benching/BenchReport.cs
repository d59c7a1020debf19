using System.Globalization;
using System.Text;
using LogPipeline.Configuration.Values;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.Observability.Usage;
using LogPipeline.Observability;

namespace LogPipeline.Local.Running.Benching;

/// <summary>What <c>bench</c> measured. MB are 10^6 bytes of log files.</summary>
internal sealed record BenchReport
{
    /// <summary>What was read, in words.</summary>
    public required string Input { get; init; }

    public required long ReadBytes { get; init; }

    public required long SentBytes { get; init; }

    public required long Records { get; init; }

    /// <summary>Documents that the sink has counted.</summary>
    public required long Documents { get; init; }

    public required long Requests { get; init; }

    /// <summary>From the start of the pipeline to the last acknowledgement but those of records that ended by silence.</summary>
    public required TimeSpan Elapsed { get; init; }

    public required CpuUse Cpu { get; init; }

    public required long PeakRssBytes { get; init; }

    /// <summary>Every record that was counted as stored came once.</summary>
    public bool IsWhole => Records == Documents;

    private double Megabytes => ReadBytes / 1e6;

    /// <summary>The lines, each ended by <c>\n</c>.</summary>
    public string Render(TerminalStyle style)
    {
        double working = Cpu.Total - Cpu.Start;
        var text = new StringBuilder();
        text.Append(style.Bold($"pipeline {ProductVersion.Short} bench")).Append(CultureInfo.InvariantCulture, $", {Input}\n");
        Row("per core", $"{style.Bold(Rate(Megabytes, Cpu.Total))} MB for each CPU second ({Seconds(Cpu.Total)} s); {Rate(Megabytes, working)} without the {Seconds(Cpu.Start)} s of the start");
        Row("by clock", $"{Rate(Megabytes, Elapsed.TotalSeconds)} MB/s ({Seconds(Elapsed.TotalSeconds)} s)");
        Row("sent", string.Create(CultureInfo.InvariantCulture, $"{(double)SentBytes / Math.Max(1, ReadBytes):0.00} bytes for each byte read; {Records:N0} records in {Requests:N0} requests"));
        Row("memory", $"{ByteSize.Approximate(PeakRssBytes)} resident at most");
        Row("CPU", string.Join(", ", Cpu.Steps.Where(step => step.Step != "start").Select(step => $"{step.Step} {Share(step.Seconds, working)}")));
        Row("", $"ids, create, a verdict on each document, the synced journal and the accounting were on: they always are");
        if (!IsWhole) Row("wrong", style.Error(string.Create(CultureInfo.InvariantCulture, $"{Records:N0} records were counted as stored, {Documents:N0} documents came")));
        return text.ToString();

        void Row(string name, string value) => text.Append("  ").Append(style.Dim(name.PadRight(10))).Append(value).Append('\n');
    }

    private static string Rate(double amount, double seconds) => (amount / Math.Max(seconds, 0.001)).ToString("0", CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Share(double part, double whole) => (part / Math.Max(whole, 0.001)).ToString("0 %", CultureInfo.InvariantCulture);
}
