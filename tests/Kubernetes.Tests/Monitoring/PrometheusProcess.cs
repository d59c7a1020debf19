using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using LogPipeline.Tests.Kubernetes.Images;

namespace LogPipeline.Tests.Kubernetes.Monitoring;

/// <summary>A real Prometheus with a real Alertmanager on loopback, that scrapes one target every second under the names of the manifests' jobs.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("prometheus-");
    private readonly HttpClient _prometheus, _alertmanager;
    private readonly Process[] _processes;

    public PrometheusProcess(int target)
    {
        string prometheus = Tool.Find("prometheus"), alertmanager = Tool.Find("prometheus-alertmanager", "alertmanager");
        int port = RunningImage.FreePort(), alertPort = RunningImage.FreePort();
        Rules.Write(Path.Combine(_folder.FullName, "rules.yaml"), interval: "1s");
        string jobs = string.Concat(((string[])["pipeline-node", "pipeline-aggregator"]).Select(job => $$"""
              - job_name: {{job}}
                static_configs: [{ targets: ["127.0.0.1:{{target}}"], labels: { node: n1 } }]

            """));
        File.WriteAllText(Path.Combine(_folder.FullName, "prometheus.yaml"), $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: [rules.yaml]
            alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:{{alertPort}}"] }] }] }
            scrape_configs:
            {{jobs}}
            """);
        File.WriteAllText(Path.Combine(_folder.FullName, "alertmanager.yaml"), "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n");
        _processes =
        [
            Start(alertmanager, $"--config.file={_folder}/alertmanager.yaml", $"--storage.path={_folder}/alertmanager", $"--web.listen-address=127.0.0.1:{alertPort}", "--cluster.listen-address="),
            Start(prometheus, $"--config.file={_folder}/prometheus.yaml", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address=127.0.0.1:{port}"),
        ];
        _prometheus = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/") };
        _alertmanager = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{alertPort}/api/v2/") };
    }

    /// <summary>The samples of an instant query: labels with values; null while Prometheus does not answer.</summary>
    public async Task<IReadOnlyList<(JsonObject Labels, double Value)>?> QueryAsync(string expression)
    {
        if (await TryGetAsync(_prometheus, "query?query=" + Uri.EscapeDataString(expression)) is not { } answer) return null;
        Assert.Equal("success", answer["status"]!.GetValue<string>());
        return [.. answer["data"]!["result"]!.AsArray().Select(sample => (sample!["metric"]!.AsObject(), double.Parse(sample["value"]![1]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture)))];
    }

    /// <summary>The summaries of the alerts that have reached the Alertmanager.</summary>
    public async Task<IReadOnlyList<string>> AlertsAsync() =>
        [.. (await TryGetAsync(_alertmanager, "alerts"))?.AsArray().Select(alert => alert!["annotations"]!["summary"]!.GetValue<string>()) ?? []];

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        long began = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, what());
            await tick.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _prometheus.Dispose();
        _alertmanager.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<JsonNode?> TryGetAsync(HttpClient client, string path)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(path);
            // Both say in plain words that they are not ready yet.
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return null;
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static Process Start(string program, params string[] arguments)
    {
        Process process = Tool.Start(program, arguments, new Dictionary<string, string?>());
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
