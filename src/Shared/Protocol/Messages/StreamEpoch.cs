namespace LogPipeline.Protocol.Messages;

/// <summary>
/// One attempt of a node to deliver a stream, from a durable position on. Ordered: whoever has seen a newer one takes nothing of an older one any more.
/// No two attempts have the same one, so that different bytes are never numbered alike.
/// </summary>
public readonly record struct StreamEpoch(long Value) : IComparable<StreamEpoch>
{
    public int CompareTo(StreamEpoch other) => Value.CompareTo(other.Value);

    public static bool operator <(StreamEpoch left, StreamEpoch right) => left.Value < right.Value;
    public static bool operator >(StreamEpoch left, StreamEpoch right) => left.Value > right.Value;
    public static bool operator <=(StreamEpoch left, StreamEpoch right) => left.Value <= right.Value;
    public static bool operator >=(StreamEpoch left, StreamEpoch right) => left.Value >= right.Value;
}
