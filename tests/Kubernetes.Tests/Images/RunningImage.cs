using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace LogPipeline.Tests.Kubernetes.Images;

/// <summary>A started image: its answers, its output, its end.</summary>
internal sealed partial class RunningImage : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client;
    private readonly StringBuilder _output = new();

    /// <param name="process">As <see cref="ImageTree"/> starts it.</param>
    /// <param name="port">Where it answers.</param>
    /// <param name="address">The container's own.</param>
    public RunningImage(Process process, int port, string address = "127.0.0.1")
    {
        Process = process;
        _client = new HttpClient { BaseAddress = new Uri($"http://{address}:{port}/") };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Process Process { get; }

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The answer's status; null while nobody answers.</summary>
    public async Task<HttpStatusCode?> StatusAsync(string path)
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(path);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>What it answers to Prometheus.</summary>
    public Task<string> MetricsAsync() => _client.GetStringAsync("metrics");

    /// <summary>The sum of a metric's series.</summary>
    public async Task<double> MetricAsync(string name)
    {
        try
        {
            return Sample().Matches(await MetricsAsync()).Where(sample => sample.Groups[1].Value == name).Sum(sample => double.Parse(sample.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    /// <summary>Waits until it is so; fails with the output when the process ends, or when it takes a minute.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        long began = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            Assert.False(Process.HasExited, $"It has ended with code {(Process.HasExited ? Process.ExitCode : 0)}: {Output}");
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, Output);
            await tick.WaitForNextTickAsync();
        }
    }

    /// <summary>Tells it to end, as the kubelet does.</summary>
    public async Task<int> TerminateAsync()
    {
        Tool.Run("kill", "-TERM", Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var limit = new CancellationTokenSource(Limit);
        await Process.WaitForExitAsync(limit.Token);
        return Process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited) Process.Kill();
        await Process.WaitForExitAsync();
        Process.Dispose();
        _client.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }

    [GeneratedRegex(@"^([a-z_]+)(?:\{[^}]*\})? ([0-9.e+-]+)$", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
