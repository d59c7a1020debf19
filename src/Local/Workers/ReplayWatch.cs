using System.Globalization;
using LogPipeline.Observability;

namespace LogPipeline.Local.Workers;

/// <summary>Says, after a start, how much of what an earlier process may have sent is read again, and when that is done.</summary>
public sealed class ReplayWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    /// <param name="workers">They know all files of the first look already.</param>
    public ReplayWatch(WorkerGroup workers, IPipelineLog log, TimeProvider time)
    {
        FoundBytes = FindAsync(workers);
        _watching = WatchAsync(workers, log, time, _stop.Token);
    }

    /// <summary>Bytes between the durable positions and what may have been sent, as the files were found.</summary>
    public Task<long> FoundBytes { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private static async Task<long> FindAsync(WorkerGroup workers) => (await workers.FreshStatusesAsync()).Sum(status => status.ReplayBytes);

    private async Task WatchAsync(WorkerGroup workers, IPipelineLog log, TimeProvider time, CancellationToken stop)
    {
        long started = time.GetTimestamp(), found = await FoundBytes;
        if (found == 0) return;
        using var tick = new PeriodicTimer(Interval, time);
        try
        {
            while ((await workers.FreshStatusesAsync()).Any(status => status.ReplayLeftBytes > 0)) await tick.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Stopped before: the next run reads the rest again.
            return;
        }
        log.Write(PipelineLogLevel.Info, LogEvents.ReplayDone,
            string.Create(CultureInfo.InvariantCulture, $"{found:N0} bytes that the last run may have sent were read again in {time.GetElapsedTime(started).TotalSeconds:0.0} s; what the store had of them was not sent again."));
    }
}
