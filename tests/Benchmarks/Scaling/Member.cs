using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace LogPipeline.Benchmarks.Scaling;

/// <summary>A node or an aggregator as a process. What it says goes into a file beside its configuration.</summary>
internal sealed partial class Member : IAsyncDisposable
{
    private const int Sigterm = 15;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly StreamWriter _said;
    private Process _process;
    private long? _told;

    /// <param name="name">Of its files.</param>
    /// <param name="program">What <c>dotnet</c> runs.</param>
    /// <param name="configuration">Its file.</param>
    /// <param name="web">The port of <c>/metrics</c> and <c>/readyz</c>.</param>
    public Member(string name, string program, string configuration, int web)
    {
        (Name, Web, Program, Configuration) = (name, web, program, configuration);
        _said = new StreamWriter(Path.ChangeExtension(configuration, ".log")) { AutoFlush = true };
        _process = Start();
    }

    public string Name { get; }

    public int Web { get; }

    /// <summary>The last answer of <c>/readyz</c> said that it is ready.</summary>
    public bool IsReady { get; private set; }

    public bool HasEnded => _process.HasExited;

    /// <summary>Of its last life; only when that has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>It was told to end.</summary>
    public bool IsLeaving => _told is not null;

    /// <summary>Since it was told to end; zero when it was not.</summary>
    public TimeSpan LeavingFor => _told is { } told ? Stopwatch.GetElapsedTime(told) : TimeSpan.Zero;

    private string Program { get; }

    private string Configuration { get; }

    /// <summary>SIGTERM.</summary>
    public void Terminate()
    {
        _told = Stopwatch.GetTimestamp();
        IsReady = false;
        _ = Signal(_process.Id, Sigterm);
    }

    public void Kill() => _process.Kill();

    /// <summary>Starts it again, as Kubernetes does with a container that has ended.</summary>
    public void StartAgain()
    {
        _process.Dispose();
        _process = Start();
    }

    /// <summary>Looks at <c>/readyz</c>.</summary>
    public async Task ProbeAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync($"http://127.0.0.1:{Web}/readyz");
            IsReady = answer.IsSuccessStatusCode && !IsLeaving;
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            IsReady = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        await _said.DisposeAsync();
    }

    private Process Start()
    {
        var process = new Process { StartInfo = new ProcessStartInfo("dotnet", [Program, "--config", Configuration]) { RedirectStandardOutput = true, RedirectStandardError = true } };
        var said = TextWriter.Synchronized(_said);
        process.OutputDataReceived += (_, line) => Say(said, line.Data);
        process.ErrorDataReceived += (_, line) => Say(said, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static void Say(TextWriter said, string? line)
    {
        if (line is not null) said.WriteLine(line);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
