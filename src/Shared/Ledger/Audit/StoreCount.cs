namespace LogPipeline.Ledger.Audit;

/// <summary>Records and the sum of their <c>log.length</c>.</summary>
public readonly record struct StoreCount(long Records, long Bytes)
{
    public static StoreCount operator +(StoreCount left, StoreCount right) => new(left.Records + right.Records, left.Bytes + right.Bytes);

    public static StoreCount operator -(StoreCount left, StoreCount right) => new(left.Records - right.Records, left.Bytes - right.Bytes);
}
