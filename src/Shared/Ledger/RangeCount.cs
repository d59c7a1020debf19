namespace LogPipeline.Ledger;

/// <summary>What is durable of the records that begin in one range of a file: what an audit compares with the store.</summary>
public readonly record struct RangeCount(long Records, long Bytes)
{
    /// <summary>Bytes of file that one range covers.</summary>
    public const long RangeBytes = 16 << 20;

    public static int IndexOf(long offsetBytes) => (int)(offsetBytes / RangeBytes);

    public RangeCount Add(long records, long bytes) => new(Records + records, Bytes + bytes);
}
