namespace LogPipeline.Protocol.Messages;

/// <summary>
/// One attempt of a node to deliver a stream, from a durable position on. Ordered: whoever has seen a newer one takes nothing of an older one any more.
/// The upper bits are the node process's incarnation, so that two lives of a node never number different bytes alike.
/// </summary>
public readonly record struct StreamEpoch(long Value) : IComparable<StreamEpoch>
{
    private const int CounterBits = 24;

    /// <summary>The first epoch of a process; <paramref name="incarnation"/> ascends from one life of the node to the next and is at least 1.</summary>
    public static StreamEpoch First(long incarnation) => new(incarnation << CounterBits);

    /// <summary>The next epoch of this process that is newer than <paramref name="seen"/>, too.</summary>
    public StreamEpoch NextAfter(StreamEpoch seen) => new(Math.Max(Value, seen.Value) + 1);

    public int CompareTo(StreamEpoch other) => Value.CompareTo(other.Value);

    public static bool operator <(StreamEpoch left, StreamEpoch right) => left.Value < right.Value;
    public static bool operator >(StreamEpoch left, StreamEpoch right) => left.Value > right.Value;
    public static bool operator <=(StreamEpoch left, StreamEpoch right) => left.Value <= right.Value;
    public static bool operator >=(StreamEpoch left, StreamEpoch right) => left.Value >= right.Value;
}
