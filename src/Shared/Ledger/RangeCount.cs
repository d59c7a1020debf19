namespace LogPipeline.Ledger;

/// <summary>
/// What is durable of the records that begin in one range of a file: what an audit compares with the store. The days (since the Unix epoch, UTC) are
/// those of their indices: records whose index was deleted are expired, not lost.
/// </summary>
public readonly record struct RangeCount(long Records, long Bytes, int FirstDay, int LastDay)
{
    /// <summary>Bytes of file that one range covers.</summary>
    public const long RangeBytes = 16 << 20;

    public static int IndexOf(long offsetBytes) => (int)(offsetBytes / RangeBytes);

    public RangeCount Add(in RangeCount other) =>
        Records == 0 && Bytes == 0 ? other
        : new(Records + other.Records, Bytes + other.Bytes, Math.Min(FirstDay, other.FirstDay), Math.Max(LastDay, other.LastDay));
}
