using LogPipeline.Ledger;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Protocol.Receiving;

/// <summary>What an epoch has made durable, by file and range: totals, each with the number of the chunk that changed it last.</summary>
internal sealed class EpochTotals
{
    private readonly Dictionary<(long FileOrdinal, int Range, bool DeadLettered), (RangeCount Count, long ChangedAt)> _totals = [];

    public void Add(ChunkTicket ticket, long sequence)
    {
        foreach ((long ordinal, int range, RangeCount count) in ticket.Stored) Add((ordinal, range, false), count, sequence);
        foreach ((long ordinal, int range, RangeCount count) in ticket.DeadLettered) Add((ordinal, range, true), count, sequence);
    }

    /// <summary>The totals that a chunk at or behind <paramref name="sequence"/> has changed.</summary>
    public IReadOnlyList<RangeTotal> Since(long sequence) =>
        [.. _totals.Where(total => total.Value.ChangedAt >= sequence).Select(total => new RangeTotal(total.Key.FileOrdinal, total.Key.Range, total.Key.DeadLettered, total.Value.Count))];

    /// <summary>Files before this one are settled.</summary>
    public void ForgetBefore(long fileOrdinal, long settledSequence)
    {
        foreach (var key in _totals.Where(total => total.Key.FileOrdinal < fileOrdinal && total.Value.ChangedAt < settledSequence).Select(total => total.Key).ToList()) _totals.Remove(key);
    }

    public void Clear() => _totals.Clear();

    private void Add((long FileOrdinal, int Range, bool DeadLettered) key, in RangeCount count, long sequence) =>
        _totals[key] = (_totals.GetValueOrDefault(key).Count.Add(count), sequence);
}
