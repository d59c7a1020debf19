using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Protocol.Sending;

/// <summary>Takes what an epoch has made durable, told as totals, over into the account of a stream's files and the node's counters as differences.</summary>
internal sealed class EpochAccount(TailedStream stream, PipelineMetrics metrics)
{
    private readonly Dictionary<(long FileOrdinal, int Range, bool DeadLettered), RangeCount> _counted = [];

    public void Take(IReadOnlyList<RangeTotal> totals)
    {
        foreach (RangeTotal total in totals) Take(total);
    }

    /// <summary>A new epoch counts from zero.</summary>
    public void BeginEpoch() => _counted.Clear();

    private void Take(in RangeTotal total)
    {
        // A file that is not held any more was settled with all of its account.
        if (stream.Lineage.ByOrdinal(total.FileOrdinal)?.Checkpoint is not { } file) return;
        var key = (total.FileOrdinal, total.Range, total.DeadLettered);
        RangeCount known = _counted.GetValueOrDefault(key);
        if (known == total.Count) return;
        _counted[key] = total.Count;
        RangeCount difference = total.Count with { Records = total.Count.Records - known.Records, Bytes = total.Count.Bytes - known.Bytes };
        if (total.DeadLettered) file.CountDeadLettered(total.Range, difference);
        else CountStored(file, total.Range, difference);
        stream.Progressed(file);
    }

    private void CountStored(FileCheckpoint file, int range, in RangeCount difference)
    {
        file.CountStored(range, difference);
        var tenant = new KeyValuePair<string, object?>("tenant", file.PinAt(range * RangeCount.RangeBytes).Tenant);
        metrics.StoredRecords.Add(difference.Records, tenant);
        metrics.DurableBytes.Add(difference.Bytes, tenant);
    }
}
