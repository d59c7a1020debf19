using System.Text;
using System.Text.Json.Nodes;
using LogPipeline.Tests.Kubernetes.Images;
using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Kubernetes.Monitoring;

/// <summary>A running pipeline, scraped by a real Prometheus.</summary>
public sealed class LiveTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("live-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_expression_of_dashboards_rules_and_autoscalers_returns_data_and_an_alert_arrives()
    {
        await using PickyStore store = await PickyStore.StartAsync();
        foreach (string tenant in (string[])["shop", "poison", "blocked"]) WriteLog(tenant);
        string configuration = Path.Combine(_folder.FullName, "pipeline.yaml");
        await File.WriteAllTextAsync(configuration, $$"""
            sources: [{ path: "{{_folder}}/pods/*/*/*.log" }]
            tenancy: { rules: [{ namespace: "*", tenant: "{namespace}" }] }
            store: { urls: "{{store.Url}}" }
            ledger: { state_directory: "{{_folder}}/state" }
            """);
        int port = RunningImage.FreePort();
        string pipeline = Path.Combine(AppContext.BaseDirectory, "pipeline.dll");
        await using var running = new RunningImage(Tool.Start(Tool.Find("dotnet"), [pipeline, "--config", configuration, "--listen", $"127.0.0.1:{port}"], new Dictionary<string, string?>()), port);
        await running.UntilAsync(async () => await running.MetricAsync("logpipeline_stored_records_total") > 0);
        await using var prometheus = new PrometheusProcess(port);

        // Histograms and rates want requests while they are scraped.
        int round = 0;
        string missing = "nothing yet";
        await PrometheusProcess.UntilAsync(
            async () =>
            {
                if (round++ % 5 == 0) WriteLog("shop");
                missing = "";
                foreach (string expression in Expressions())
                {
                    if (await prometheus.QueryAsync(expression) is not { Count: > 0 } samples) missing += expression + "\n";
                    else Assert.All(samples, sample => Assert.True(double.IsFinite(sample.Value) || expression.Contains("quantile", StringComparison.Ordinal), expression));
                }
                return missing.Length == 0;
            },
            () => $"Without data:\n{missing}");

        // The tenant that is held is not what the autoscaler follows.
        Assert.Equal(1, (await prometheus.QueryAsync("max by (tenant) (logpipeline_tenant_held{tenant=\"blocked\"})"))!.Single().Value);
        IReadOnlyList<string> alerts = [];
        await PrometheusProcess.UntilAsync(
            async () => (alerts = await prometheus.AlertsAsync()).Any(summary => summary.Contains("refuses records of tenant poison for good: mapper_parsing_exception", StringComparison.Ordinal)),
            () => $"Alerts: {string.Join("; ", alerts)}");
        Assert.Equal(0, await running.TerminateAsync());
    }

    /// <summary>What has to return data: an alert is silent when all is well, so of an alert it is every series that it names.</summary>
    private static IEnumerable<string> Expressions() =>
        Dashboards.All.SelectMany(dashboard => dashboard.Expressions)
            .Concat(Rules.Recordings.SelectMany(rule => (string[])[Manifest.Text(rule["expr"]), Manifest.Text(rule["record"])]))
            .Concat(Rules.Alerts.SelectMany(alert => RuleTests.SeriesIn(Manifest.Text(alert["expr"]))).Where(series => series != "kube_node_info"))
            .Concat(Manifest.Items(Builds.Named("base, monitoring, KEDA").Single("ScaledObject", "pipeline-aggregator").Json["spec"]!["triggers"]).Select(trigger => Manifest.Text(trigger["metadata"]!["query"])))
            .Concat(Adapter.Queries)
            .Distinct();

    private void WriteLog(string @namespace)
    {
        string folder = Path.Combine(_folder.FullName, "pods", $"{@namespace}_web-1_{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(@namespace))}", "app");
        Directory.CreateDirectory(folder);
        var lines = new StringBuilder();
        for (int i = 0; i < 100; i++) lines.Append(System.Globalization.CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffffff}Z stdout F line {i}\n");
        File.AppendAllText(Path.Combine(folder, "0.log"), lines.ToString());
    }
}
