using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace LogPipeline.Tests.Running;

/// <summary>One member of a cluster as a real process, started again whenever it ends, as Kubernetes does. Killed at the end at the latest.</summary>
internal sealed partial class ClusterMember : IAsyncDisposable
{
    private const int Sigkill = 9, Sigterm = 15, Sigcont = 18, Sigstop = 19;

    private readonly string _program, _configuration;
    private readonly (string Program, string[] Arguments)? _through;
    private readonly StringBuilder _said = new();
    private Process _process;

    /// <param name="name">For messages.</param>
    /// <param name="project">The folder of <c>src</c> that it is built from, and the name of its program.</param>
    /// <param name="configuration">Its configuration file.</param>
    /// <param name="through">A command that becomes the process; null for none.</param>
    public ClusterMember(string name, string project, string configuration, (string Program, string[] Arguments)? through = null)
    {
        Name = name;
        _program = Program(project, "pipeline-" + project.ToLowerInvariant());
        _configuration = configuration;
        _through = through;
        _process = Start();
    }

    public string Name { get; }

    /// <summary>Where it is in the network, if there is one.</summary>
    public int Place { get; init; }

    /// <summary>What all its lives said, with when they began and ended.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    public int Starts { get; private set; }

    public bool HasEnded => _process.HasExited;

    /// <summary>Of its last life; only when that has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>It is not started again when it has ended, for now.</summary>
    public bool StaysDown { get; set; }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        Note("killed");
        _ = Signal(_process.Id, Sigkill);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; whether it ends by itself in time.</summary>
    public async Task<bool> TerminateAsync(TimeSpan within)
    {
        Note("terminated");
        _ = Signal(_process.Id, Sigterm);
        using var limit = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Freeze()
    {
        Note("frozen");
        _ = Signal(_process.Id, Sigstop);
    }

    public void Thaw()
    {
        Note("thawed");
        _ = Signal(_process.Id, Sigcont);
    }

    /// <summary>Starts it again if it has ended.</summary>
    public void Supervise()
    {
        if (StaysDown || !_process.HasExited) return;
        Note($"ended with {_process.ExitCode}");
        _process.Dispose();
        _process = Start();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private Process Start()
    {
        Starts++;
        Note("started");
        string host = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
        string[] own = [_program, "--config", _configuration];
        var start = _through is { } through ? new ProcessStartInfo(through.Program, [.. through.Arguments, host, .. own]) : new ProcessStartInfo(host, own);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.Environment["DOTNET_NOLOGO"] = "1";
        // Nothing is compiled ahead here, as it is in the images: with tiers a start costs less than two thirds of the CPU time.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Adds a line to what it said.</summary>
    public void Note(string what) => Append($"{DateTime.UtcNow:HH:mm:ss.fff} -- {Name} {what}");

    private void Append(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
    }

    // Built beside the tests, in the same configuration: …/tests/Cluster.Tests/bin/<configuration>/<framework>/.
    private static string Program(string project, string name)
    {
        string framework = AppContext.BaseDirectory.TrimEnd('/'), configuration = Path.GetDirectoryName(framework)!;
        string root = Path.GetFullPath(Path.Combine(configuration, "../../../.."));
        return Path.Combine(root, "src", project, "bin", Path.GetFileName(configuration), Path.GetFileName(framework), name + ".dll");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
