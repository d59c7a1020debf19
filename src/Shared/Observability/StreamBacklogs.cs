using System.Collections.Concurrent;

namespace LogPipeline.Observability;

/// <summary>
/// What waits on the disks, by tenant, and an estimate of when rotation will reach it: the room that rotation leaves a stream less what waits, over the rate at which its
/// newest file grows. Safe from any thread.
/// </summary>
/// <param name="roomBytes">Bytes that rotation leaves of one stream.</param>
/// <param name="time">The clock of the rates.</param>
public sealed class StreamBacklogs(long roomBytes, TimeProvider time)
{
    /// <summary>What <see cref="SecondsUntilLoss"/> says where nothing is near.</summary>
    public const double Far = 86_400;

    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Entry> _streams = new();

    public long Bytes => _streams.Values.Sum(entry => entry.Head.BacklogBytes);

    /// <summary>Streams of which it is not known yet whose they are, and that have bytes that wait.</summary>
    public int UndecidedStreams => _streams.Values.Count(entry => entry.Head.Tenant.Length == 0 && entry.Head.BacklogBytes > 0);

    /// <summary>Bytes that wait, by tenant; without those of which it is not known yet whose they are, as nobody could store them.</summary>
    public IReadOnlyDictionary<string, long> ByTenant() =>
        _streams.Values.Where(entry => entry.Head.Tenant.Length > 0).GroupBy(entry => entry.Head.Tenant).ToDictionary(streams => streams.Key, streams => streams.Sum(entry => entry.Head.BacklogBytes));

    /// <summary>The smallest estimate, 0 to <see cref="Far"/>.</summary>
    public double SecondsUntilLoss() => _streams.Values.Select(Forecast).DefaultIfEmpty(Far).Min();

    /// <summary>A stream was looked at.</summary>
    public void Observe(StreamHead head)
    {
        long now = time.GetTimestamp();
        _streams.AddOrUpdate(head.Stream, _ => new Entry(head, head.SizeBytes, now, 0), (_, before) => Next(before, head, now));
    }

    /// <summary>All streams were looked at: others are no more.</summary>
    public void ObserveAll(IReadOnlyCollection<StreamHead> heads)
    {
        foreach (StreamHead head in heads) Observe(head);
        foreach (string gone in _streams.Keys.Except(heads.Select(head => head.Stream))) Forget(gone);
    }

    /// <summary>A stream is over.</summary>
    public void Forget(string stream) => _streams.TryRemove(stream, out _);

    // Half of a rate is what was seen last, so that a burst shows at once and a pause does not hide it.
    private Entry Next(Entry before, StreamHead head, long now)
    {
        if (head.File != before.Head.File) return new Entry(head, head.SizeBytes, now, before.Rate);
        TimeSpan elapsed = time.GetElapsedTime(before.At, now);
        if (elapsed < LeastInterval) return before with { Head = head };
        double seen = Math.Max(0, head.SizeBytes - before.MeasuredBytes) / elapsed.TotalSeconds;
        return new Entry(head, head.SizeBytes, now, before.Rate == 0 ? seen : (before.Rate + seen) / 2);
    }

    private double Forecast(Entry entry) =>
        entry.Head.BacklogBytes <= 0 || entry.Rate <= 0 ? Far : Math.Min(Far, Math.Max(0, roomBytes - entry.Head.BacklogBytes) / entry.Rate);

    /// <param name="Head">As last seen.</param>
    /// <param name="MeasuredBytes">Size of the newest file when its growth was last measured.</param>
    /// <param name="At">When that was.</param>
    /// <param name="Rate">Bytes a second that the newest file grows by.</param>
    private sealed record Entry(StreamHead Head, long MeasuredBytes, long At, double Rate);
}
