using System.Diagnostics;
using System.Globalization;

namespace LogPipeline.Local.Running.Benching;

/// <summary>The counting sink as a process of its own, so that its CPU time and memory are not the pipeline's. It ends with this one.</summary>
internal sealed class SinkProcess : IDisposable
{
    /// <summary>The command of this program that is the sink.</summary>
    public const string Command = "bench-sink";

    public const string CountsPath = "/counts";

    private readonly Process _process;

    private SinkProcess(Process process, int port)
    {
        _process = process;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    }

    public Uri Address { get; }

    /// <summary>Throws <see cref="InvalidOperationException"/> when it does not start.</summary>
    public static async Task<SinkProcess> StartAsync(CancellationToken stop)
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Beside the runtime: `dotnet pipeline.dll` again; in one file: this file.
        string assembly = Path.Join(AppContext.BaseDirectory, "pipeline.dll"), self = Environment.ProcessPath ?? "pipeline";
        start.FileName = !File.Exists(assembly) || Path.GetFileNameWithoutExtension(self) is "pipeline" or "dotnet" ? self : "dotnet";
        if (File.Exists(assembly) && Path.GetFileNameWithoutExtension(self) != "pipeline") start.ArgumentList.Add(assembly);
        start.ArgumentList.Add(Command);
        Process process = Process.Start(start) ?? throw new InvalidOperationException("the counting sink does not start");
        string? line = await process.StandardOutput.ReadLineAsync(stop);
        if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int port)) return new SinkProcess(process, port);
        process.Dispose();
        throw new InvalidOperationException($"the counting sink ({start.FileName} {string.Join(' ', start.ArgumentList)}) does not start");
    }

    /// <summary>The sink's own life: says its port, and goes on until its input is closed.</summary>
    public static async Task<int> RunAsync(TextWriter output, CancellationToken stop)
    {
        using var sink = new BenchSink();
        await output.WriteLineAsync(sink.Port.ToString(CultureInfo.InvariantCulture));
        await output.FlushAsync(stop);
        await Console.In.ReadToEndAsync(stop);
        return CommandLine.ExitCode.Success;
    }

    /// <summary>Documents and requests that came.</summary>
    public async Task<(long Documents, long Requests)> CountsAsync()
    {
        using var client = new HttpClient();
        string[] counts = (await client.GetStringAsync(new Uri(Address, CountsPath))).Split(' ');
        return (long.Parse(counts[0], CultureInfo.InvariantCulture), long.Parse(counts[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(5));
        _process.Dispose();
    }
}
