using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LogPipeline.Benchmarks.Scaling;

/// <summary>
/// Containers of several namespaces that write at a given rate together, each the same. Files are rotated as the kubelet does, at <see cref="RotateBytes"/>, but never taken away: a burst
/// must not be lost for another reason than the one that is looked for.
/// </summary>
internal sealed class LogWriters : IAsyncDisposable
{
    public const int Streams = 48;

    private const int Namespaces = 4;
    private const long RotateBytes = 10 << 20;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(200);

    private readonly FileStream[] _files = new FileStream[Streams];
    private readonly int[] _written = new int[Streams];
    private readonly string _folder;
    private readonly CancellationTokenSource _stop = new();
    private Task _writing = Task.CompletedTask;
    private long _lines;

    /// <param name="folder">Stands for <c>/var/log/pods</c>.</param>
    public LogWriters(string folder)
    {
        _folder = folder;
        for (int stream = 0; stream < Streams; stream++) _files[stream] = Open(stream);
    }

    /// <summary>Lines written.</summary>
    public long Lines => Interlocked.Read(ref _lines);

    /// <summary>Lines written into a stream; only when the writers have ended.</summary>
    public int LinesOf(int stream) => _written[stream];

    /// <summary>Writes from now on.</summary>
    /// <param name="bytesPerSecond">All streams together, by seconds since now.</param>
    public void Begin(Func<double, double> bytesPerSecond) => _writing = WriteAsync(bytesPerSecond, _stop.Token);

    /// <summary>Writes no more.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _writing;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        foreach (FileStream file in _files) await file.DisposeAsync();
        _stop.Dispose();
    }

    private async Task WriteAsync(Func<double, double> bytesPerSecond, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        using var turn = new PeriodicTimer(Turn);
        double owed = 0, last = 0;
        int stream = 0;
        while (!stop.IsCancellationRequested)
        {
            double now = Stopwatch.GetElapsedTime(began).TotalSeconds;
            owed += (now - last) * bytesPerSecond(now);
            last = now;
            for (; owed >= LineAccount.LineBytes; owed -= LineAccount.LineBytes, stream = (stream + 1) % Streams) Write(stream);
            foreach (FileStream file in _files) file.Flush();
            await ((Task)turn.WaitForNextTickAsync(stop).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Write(int stream)
    {
        if (_files[stream].Length >= RotateBytes) Rotate(stream);
        string head = $"{DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture)}00Z stdout F INFO {LineAccount.NameOf(stream, _written[stream]++)} ";
        _files[stream].Write(Encoding.ASCII.GetBytes(head.PadRight(LineAccount.LineBytes - 1, 'x') + "\n"));
        Interlocked.Increment(ref _lines);
    }

    private void Rotate(int stream)
    {
        string path = _files[stream].Name, old = $"{path}.{DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        if (File.Exists(old)) return; // names are of a second
        _files[stream].Dispose();
        File.Move(path, old);
        _files[stream] = Open(stream);
    }

    private FileStream Open(int stream)
    {
        string container = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"team-{stream % Namespaces}_web-{stream}_0a320e84-becc-48b6-b139-{stream:D12}"), "app");
        Directory.CreateDirectory(container);
        return new FileStream(Path.Combine(container, "0.log"), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 64 << 10);
    }
}
