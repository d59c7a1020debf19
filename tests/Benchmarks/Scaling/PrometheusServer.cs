using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LogPipeline.Tests.Kubernetes.Monitoring;

namespace LogPipeline.Benchmarks.Scaling;

/// <summary>A Prometheus with the recording rules of <c>k8s/monitoring</c>, which scrapes as often as the manifests say.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly string _targets;
    private readonly Process _process;
    private readonly HttpClient _http;
    private string _written = "";

    /// <param name="folder">Where its files go.</param>
    /// <param name="nodePort">Where the node is scraped.</param>
    public PrometheusServer(string folder, int nodePort)
    {
        _targets = Path.Combine(folder, "aggregators.json");
        File.WriteAllText(_targets, "[]");
        Rules.Write(Path.Combine(folder, "rules.yaml"));
        File.WriteAllText(Path.Combine(folder, "prometheus.yaml"), $$"""
            global: { scrape_interval: 15s, evaluation_interval: 15s }
            rule_files: [rules.yaml]
            scrape_configs:
              - { job_name: pipeline-node, static_configs: [{ targets: ["127.0.0.1:{{nodePort}}"] }] }
              - { job_name: pipeline-aggregator, file_sd_configs: [{ files: [aggregators.json], refresh_interval: 5s }] }
            """);
        int port = AggregatorDeployment.FreePorts(1)[0];
        var start = new ProcessStartInfo("prometheus", [$"--config.file={folder}/prometheus.yaml", $"--storage.tsdb.path={folder}/prometheus", string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api/v1/")), Timeout = TimeSpan.FromSeconds(5) };
    }

    /// <summary>Whom to scrape besides the node, in the form of file-based discovery.</summary>
    public void Scrape(string targets)
    {
        if (targets == _written) return;
        // Whole or not at all: it is read while it is written otherwise.
        File.WriteAllText(_targets + ".new", targets);
        File.Move(_targets + ".new", _targets, overwrite: true);
        _written = targets;
    }

    /// <summary>The value of a query with one series; null when it has none, or Prometheus does not answer.</summary>
    public async Task<double?> QueryAsync(string query)
    {
        try
        {
            JsonArray result = JsonNode.Parse(await _http.GetStringAsync("query?query=" + Uri.EscapeDataString(query)))!["data"]!["result"]!.AsArray();
            return result.Count == 0 ? null : double.Parse(result.Single()!["value"]![1]!.GetValue<string>(), CultureInfo.InvariantCulture);
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }
}
