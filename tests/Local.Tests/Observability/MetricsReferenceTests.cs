using System.Diagnostics.Metrics;
using LogPipeline.Local.Observability;
using LogPipeline.Observability;
using LogPipeline.Tests.Configuration;

namespace LogPipeline.Tests.Observability;

public sealed class MetricsReferenceTests
{
    [Fact]
    public void The_reference_is_current() => Repository.AssertCurrent("docs/metrics.md", MetricsReference.Render());

    [Fact]
    public void Labels_are_said_of_instruments_that_exist()
    {
        var names = new List<string>();
        using var metrics = new PipelineMetrics();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => names.Add(instrument.Name) };
        listener.Start();
        metrics.ObserveBacklogs(() => new StreamBacklogs(0, TimeProvider.System));
        metrics.ObserveStore(() => TimeSpan.Zero, () => []);
        metrics.ObserveQuotas(() => []);
        Assert.All(MetricLabels.Instruments, name => Assert.Contains(name, names));
    }

    [Fact]
    public void The_reference_says_of_every_metric_which_processes_measure_it()
    {
        string[] rows = [.. MetricsReference.Render().Split('\n').TakeWhile(line => line != "## Process").Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.NotEmpty(row.Split('|')[4].Trim()));
    }

    [Fact]
    public void Every_metric_that_is_rendered_is_in_the_reference()
    {
        using var metrics = new PipelineMetrics();
        metrics.ObserveGauges(() => 0, () => 0, () => 0, () => 0, () => 0, () => 0, () => 0);
        using var exposition = new PrometheusExposition(metrics);
        string reference = MetricsReference.Render();
        foreach (string line in exposition.Render().Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)))
            Assert.Contains($"| `{line.Split(' ')[2]}` | {line.Split(' ')[3]} |", reference);
    }
}
