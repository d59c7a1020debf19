using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LogPipeline.Tests.Running;

/// <summary>One run of the <c>pipeline</c> program, as its users run it. Killed at the end at the latest.</summary>
internal sealed partial class PipelineProcess : IAsyncDisposable
{
    private const int Sigterm = 15;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly string Program = FindProgram();

    private readonly Process _process;
    private readonly StringBuilder _output = new(), _errors = new();
    private readonly HttpClient _http = new();
    private bool _disposed;

    private PipelineProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>The most memory that the process had resident, in bytes; to be asked while it runs.</summary>
    public long PeakResidentBytes =>
        long.Parse(PeakLine().Match(File.ReadAllText($"/proc/{Id}/status")).Groups[1].Value, CultureInfo.InvariantCulture) << 10;

    /// <param name="arguments">What follows <c>pipeline</c>.</param>
    public static PipelineProcess Start(params string[] arguments) => StartUnder([], arguments);

    /// <summary>Starts it by another program that replaces itself with it (<c>setpriv</c>, <c>unshare</c>): its id stays the same.</summary>
    public static PipelineProcess StartUnder(string[] launcher, params string[] arguments)
    {
        string[] command = [.. launcher, Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet", Program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_NOLOGO"] = "1";
        return new PipelineProcess(start);
    }

    /// <summary>Where the process listens, once it says so.</summary>
    public async Task<Uri> PageAsync()
    {
        Uri? page = null;
        await Eventually.HoldsAsync("the page's address", StartLimit, () => HasExited || TryFindPage(out page), () => Output + Errors);
        return page ?? throw new InvalidOperationException($"The pipeline ended at its start with {_process.ExitCode}.\n{Output}{Errors}");
    }

    /// <summary>The health view's data; null when the process does not answer.</summary>
    public async Task<JsonElement?> HealthAsync()
    {
        if (!TryFindPage(out Uri? page)) return null;
        try
        {
            using JsonDocument health = JsonDocument.Parse(await _http.GetStringAsync(new Uri(page, "/api/health")));
            return health.RootElement.Clone();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>The exposed values of a metric, one a line; nothing when the process does not answer.</summary>
    public async Task<string> MetricAsync(string name)
    {
        if (!TryFindPage(out Uri? page)) return "";
        try
        {
            string exposition = await _http.GetStringAsync(new Uri(page, "/metrics"));
            return string.Join('\n', exposition.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal)));
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    /// <summary>Says on standard error, and waits for it.</summary>
    public Task SaysAsync(string text, TimeSpan within) =>
        Eventually.HoldsAsync($"\"{text}\"", within, () => (Errors + Output).Contains(text, StringComparison.Ordinal), () => Output + Errors);

    /// <summary>The exit code, once it has ended by itself.</summary>
    public async Task<int> ExitCodeAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The pipeline has not ended within {within.TotalSeconds} s.\n{Output}{Errors}");
        }
        return _process.ExitCode;
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Assert.Equal(0, Signal(Id, Sigterm));

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private bool TryFindPage([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? page)
    {
        Match found = PageLine().Match(Output);
        page = found.Success ? new Uri(found.Groups[1].Value) : null;
        return found.Success;
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.AppendLine(line);
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    // Built beside the tests, in the same configuration: …/tests/EndToEnd/bin/<configuration>/<framework>/.
    private static string FindProgram()
    {
        string framework = AppContext.BaseDirectory.TrimEnd('/'), configuration = Path.GetDirectoryName(framework)!;
        string root = Path.GetFullPath(Path.Combine(configuration, "../../../.."));
        return Path.Combine(root, "src/Local/bin", Path.GetFileName(configuration), Path.GetFileName(framework), "pipeline.dll");
    }

    [GeneratedRegex(@"^\s*page\s+(http\S+)", RegexOptions.Multiline)]
    private static partial Regex PageLine();

    [GeneratedRegex(@"^VmHWM:\s+(\d+) kB", RegexOptions.Multiline)]
    private static partial Regex PeakLine();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
