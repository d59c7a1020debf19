using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using LogPipeline.Observability;

namespace LogPipeline.Local.Observability;

/// <summary>The reference of every metric, as Markdown, from the instruments themselves.</summary>
public static class MetricsReference
{
    public static string Render()
    {
        using var metrics = new PipelineMetrics();
        metrics.ObserveGauges(() => 0, () => 0, () => 0, () => 0, () => 0, () => 0, () => 0);
        metrics.ObserveBacklogs(() => new StreamBacklogs(0, TimeProvider.System));
        metrics.ObserveStore(() => TimeSpan.Zero, () => []);
        metrics.ObserveQuotas(() => []);
        metrics.ObserveMetadata(() => 0);
        metrics.ObserveChunkConnections(() => 0);
        var text = new StringBuilder($"""
            # Metrics

            `/metrics` on the page's address answers in the Prometheus text format. Counters of the accounting advance only with durable positions.
            Series without labels are there from the start, 0 included; a labelled one begins with its first measurement, but for the usual statuses of requests. No value is ever NaN.
            *of* says which processes measure it: `local` is the `pipeline` command, `node` and `aggregator` are the members of a cluster. A member may show others' counters, too, which stay 0 there.
            In `local` a family has at most {MetricFamily.MaxSeries.ToString("N0", CultureInfo.InvariantCulture)} series; measurements of further ones go to `otel_metric_overflow="true"`.
            `/healthz` answers 200 as long as the process answers; `/readyz` answers 200, or 503 with the reason.

            Buckets of histograms, in seconds: {string.Join(", ", MetricSeries.BucketBounds.Select(bound => bound.ToString(CultureInfo.InvariantCulture)))}.

            This page is generated from the code; a test fails when it is stale.

            ## Pipeline

            | metric | type | labels | of | meaning |
            |---|---|---|---|---|

            """);
        foreach (var instrument in Instruments(metrics).OrderBy(instrument => instrument.Name, StringComparer.Ordinal))
        {
            var family = new MetricFamily(instrument);
            Row(family.Name, family.Type, MetricLabels.Of(instrument.Name), string.Join(", ", MetricProcesses.Of(instrument.Name)), family.Help);
        }
        text.Append("\n## Process\n\nAll processes have these.\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n");
        foreach (var (name, type, labels, help) in ProcessMetrics.All) Row(name, type, labels.Length == 0 ? [] : [labels], null, help);
        return text.ToString();

        void Row(string name, MetricType type, IReadOnlyList<string> labels, string? processes, string help) =>
            text.Append(CultureInfo.InvariantCulture, $"| `{name}` | {type.ToString().ToLowerInvariant()} | {string.Join(", ", labels.Select(label => $"`{label}`"))} | {(processes is null ? "" : processes + " | ")}{help.TrimEnd('.')} |\n");
    }

    /// <summary>Every instrument of the pipeline's meter.</summary>
    private static List<Instrument> Instruments(PipelineMetrics metrics)
    {
        var found = new List<Instrument>();
        using var listener = new MeterListener();
        var meter = metrics.ReadBytes.Meter;
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter, meter)) found.Add(instrument);
        };
        listener.Start();
        return found;
    }
}
