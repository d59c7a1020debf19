using System.Diagnostics;
using LogPipeline.Local.Observability;
using LogPipeline.Observability;

namespace LogPipeline.Tests.Observability;

public sealed class PrometheusExpositionTests : IDisposable
{
    private readonly PipelineMetrics _metrics = new();
    private readonly PrometheusExposition _exposition;

    public PrometheusExpositionTests() => _exposition = new PrometheusExposition(_metrics);

    public void Dispose()
    {
        _exposition.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void Series_without_labels_are_there_from_the_start()
    {
        var series = Scrape();

        Assert.Equal(0, series["logpipeline_read_bytes_total"]);
        Assert.Equal(0, series["logpipeline_lost_bytes_total"]);
        Assert.Equal(0, series["logpipeline_checkpoint_seconds_count"]);
        Assert.Equal(0, series["logpipeline_checkpoint_seconds_bucket{le=\"0.001\"}"]);
        Assert.DoesNotContain(series.Keys, key => key.StartsWith("logpipeline_dead_letters_total", StringComparison.Ordinal));
    }

    [Fact]
    public void Counters_add_up_by_labels_in_a_stable_order()
    {
        _metrics.ReadBytes.Add(5);
        _metrics.ReadBytes.Add(7);
        _metrics.DeadLetters.Add(1, new KeyValuePair<string, object?>("tenant", "shop"), new KeyValuePair<string, object?>("reason", "mapping"));
        _metrics.DeadLetters.Add(2, new KeyValuePair<string, object?>("reason", "mapping"), new KeyValuePair<string, object?>("tenant", "shop"));
        _metrics.BulkRequests.Add(3, new KeyValuePair<string, object?>("status", 429));
        _metrics.BulkRequests.Add(4, new KeyValuePair<string, object?>("status", "429"));
        var series = Scrape();

        Assert.Equal(12, series["logpipeline_read_bytes_total"]);
        Assert.Equal(3, series["logpipeline_dead_letters_total{reason=\"mapping\",tenant=\"shop\"}"]);
        Assert.Equal(7, series["logpipeline_bulk_requests_total{status=\"429\"}"]);
        Assert.Equal(_exposition.Render().Split('\n').Where(line => line.StartsWith("logpipeline", StringComparison.Ordinal)), _exposition.Render().Split('\n').Where(line => line.StartsWith("logpipeline", StringComparison.Ordinal)));
    }

    [Fact]
    public void Label_values_are_escaped_whatever_they_are()
    {
        _metrics.DroppedBytes.Add(1, new KeyValuePair<string, object?>("reason", "a\\b\"c\nd{}é"));
        _metrics.DroppedBytes.Add(1, new KeyValuePair<string, object?>("reason", null));
        _metrics.DroppedBytes.Add(1, new KeyValuePair<string, object?>("reason", true));
        _metrics.DroppedBytes.Add(1, new KeyValuePair<string, object?>("reason", new string('x', 10_000)));
        var series = Scrape();

        Assert.Equal(1, series["logpipeline_dropped_bytes_total{reason=\"a\\\\b\\\"c\\nd{}é\"}"]);
        Assert.Equal(1, series["logpipeline_dropped_bytes_total{reason=\"\"}"]);
        Assert.Equal(1, series["logpipeline_dropped_bytes_total{reason=\"true\"}"]);
        Assert.Equal(1, series[$"logpipeline_dropped_bytes_total{{reason=\"{new string('x', 10_000)}\"}}"]);
    }

    [Fact]
    public void Histograms_count_by_bucket()
    {
        foreach (double seconds in (double[])[0.0005, 0.001, 0.0011, 1, 500]) _metrics.CheckpointSeconds.Record(seconds);
        var series = Scrape();

        Assert.Equal(2, series["logpipeline_checkpoint_seconds_bucket{le=\"0.001\"}"]);
        Assert.Equal(3, series["logpipeline_checkpoint_seconds_bucket{le=\"0.0025\"}"]);
        Assert.Equal(4, series["logpipeline_checkpoint_seconds_bucket{le=\"1\"}"]);
        Assert.Equal(4, series["logpipeline_checkpoint_seconds_bucket{le=\"120\"}"]);
        Assert.Equal(5, series["logpipeline_checkpoint_seconds_count"]);
        Assert.Equal(501.0026, series["logpipeline_checkpoint_seconds_sum"], 6);
    }

    [Fact]
    public void Gauges_are_read_when_scraped_and_never_NaN()
    {
        long backlog = 5;
        double age = 1.5;
        _metrics.ObserveGauges(() => backlog, () => 0, () => 0, () => 0, () => 0, () => 0, () => age);

        Assert.Equal(5, Scrape()["logpipeline_backlog_bytes"]);
        (backlog, age) = (0, double.NaN);
        Assert.Equal((0, 1.5), (Scrape()["logpipeline_backlog_bytes"], Scrape()["logpipeline_checkpoint_age_seconds"]));
    }

    [Fact]
    public void A_gauge_that_fails_hides_no_other_and_is_told_once()
    {
        var log = new RecordedLog();
        using var exposition = new PrometheusExposition(_metrics, log);
        _metrics.ObserveGauges(() => throw new InvalidOperationException("gone"), () => 7, () => 0, () => 0, () => 0, () => 0, () => 0);
        exposition.Render();
        var series = ExpositionParser.Parse(exposition.Render());

        Assert.Equal((0, 7), (series["logpipeline_backlog_bytes"], series["logpipeline_in_flight_bytes"]));
        Assert.Equal(["gauge_failed a gauge cannot be read: gone"], log.Events);
    }

    [Fact]
    public void Labels_without_a_bound_meet_one()
    {
        for (int i = 0; i < 5_000; i++) _metrics.Records.Add(1, new KeyValuePair<string, object?>("tenant", $"t{i}"));
        var records = Scrape().Where(one => one.Key.StartsWith("logpipeline_records_total", StringComparison.Ordinal)).ToList();

        Assert.Equal(2_001, records.Count);
        Assert.Equal(5_000, records.Sum(one => one.Value));
        Assert.Equal(3_000, records.Single(one => one.Key.Contains("otel_metric_overflow", StringComparison.Ordinal)).Value);
    }

    [Fact]
    public void Other_pipelines_of_the_process_are_not_counted()
    {
        using var other = new PipelineMetrics();
        other.ReadBytes.Add(100);
        Assert.Equal(0, Scrape()["logpipeline_read_bytes_total"]);
    }

    [Fact]
    public void The_process_is_described_by_the_usual_names()
    {
        var series = Scrape();

        Assert.InRange(series["process_cpu_seconds_total"], 0.01, 100_000);
        Assert.InRange(series["process_resident_memory_bytes"], 1 << 20, 1L << 40);
        Assert.InRange(series["process_open_fds"], 3, series["process_max_fds"]);
        Assert.InRange(series["process_start_time_seconds"], 1.7e9, 1e11);
        Assert.True(series["dotnet_total_memory_bytes"] > 0);
        Assert.Contains("dotnet_collection_count_total{generation=\"2\"}", series.Keys);
        Assert.Equal(1, series.Single(one => one.Key.StartsWith("logpipeline_build_info{version=\"", StringComparison.Ordinal)).Value);
    }

    [Fact]
    public void Measuring_a_known_series_allocates_nothing()
    {
        object status = 200;
        Measure(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Measure(1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Measure(int times)
        {
            for (int i = 0; i < times; i++)
            {
                _metrics.ReadBytes.Add(1);
                _metrics.BulkRequests.Add(1, new KeyValuePair<string, object?>("status", status));
                _metrics.DeadLetters.Add(1, new KeyValuePair<string, object?>("tenant", "shop"), new KeyValuePair<string, object?>("reason", "mapping"));
                _metrics.BulkRequestSeconds.Record(0.1);
            }
        }
    }

    [Fact]
    public void Measurements_of_many_threads_are_all_counted()
    {
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                _metrics.Records.Add(1, new KeyValuePair<string, object?>("tenant", "shop"));
                _metrics.BulkRequestSeconds.Record(0.5);
            }
        });
        var series = Scrape();

        Assert.Equal(80_000, series["logpipeline_records_total{tenant=\"shop\"}"]);
        Assert.Equal((80_000, 40_000), (series["logpipeline_bulk_request_seconds_count"], series["logpipeline_bulk_request_seconds_sum"]));
    }

    [Fact]
    public void The_strict_parser_accepts_it_and_so_does_promtool_where_it_is_installed()
    {
        string? promtool = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);
        _metrics.ObserveGauges(() => 0, () => 0, () => 0, () => 0, () => 0, () => 0, () => 0);
        _metrics.DeadLetters.Add(1, new KeyValuePair<string, object?>("tenant", "a\"\\\n"), new KeyValuePair<string, object?>("reason", "mapping"));
        _metrics.BulkRequestSeconds.Record(0.2);
        Scrape();
        if (promtool is null) return; // Debian's package prometheus has it; without it the strict parser has judged

        using var process = Process.Start(new ProcessStartInfo(promtool, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write(_exposition.Render());
        process.StandardInput.Close();
        string complaints = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((0, ""), (process.ExitCode, complaints));
    }

    private Dictionary<string, double> Scrape() => ExpositionParser.Parse(_exposition.Render());
}
