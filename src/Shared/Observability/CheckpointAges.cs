using System.Collections.Concurrent;

namespace LogPipeline.Observability;

/// <summary>Since when streams have progress that is not durable, where each records its own. Safe from any thread.</summary>
/// <param name="time">The clock.</param>
public sealed class CheckpointAges(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _since = new();

    /// <summary>Of the stream that has waited longest; 0 when none waits.</summary>
    public double OldestSeconds => _since.Values.Select(at => time.GetElapsedTime(at).TotalSeconds).DefaultIfEmpty(0).Max();

    /// <summary>A stream has something to record, since now if it had nothing before.</summary>
    public void Waits(string stream) => _since.TryAdd(stream, time.GetTimestamp());

    /// <summary>What it had to record is durable, or it is over.</summary>
    public void Recorded(string stream) => _since.TryRemove(stream, out _);
}
