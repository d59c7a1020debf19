namespace LogPipeline.Indexing.Verdicts;

/// <summary>What a look-up (<c>_mget</c>) says of one id.</summary>
public struct StoredRecord
{
    public StoredState State;

    /// <summary>With <see cref="StoredState.Found"/>: its <c>log.length</c>; -1 when it has none that can be read.</summary>
    public long LengthBytes;

    /// <summary>With <see cref="StoredState.Found"/>: its <c>@timestamp</c> in nanoseconds since the Unix epoch; <see cref="long.MinValue"/> when unreadable.</summary>
    public long TimestampNanos;

    /// <summary>With <see cref="StoredState.Hold"/> and <see cref="StoredState.Unknown"/>: the store's error.</summary>
    public StoreError Error;
}
