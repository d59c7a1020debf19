using LogPipeline.Protocol.Messages;

namespace LogPipeline.Protocol.Sending;

/// <summary>
/// Hands out the epochs of a node process, each of them once, to all of its senders: a stream that is over and comes back has another sender, whose chunks must not
/// be taken for those of the one before it. The upper bits are the process's incarnation. Safe for several threads.
/// </summary>
/// <param name="incarnation">Ascends from one life of the node to the next; at least 1.</param>
public sealed class StreamEpochs(long incarnation)
{
    private const int CounterBits = 24;

    private long _last = incarnation << CounterBits;

    /// <summary>An epoch newer than all that were handed out, and than <paramref name="seen"/>.</summary>
    public StreamEpoch NextAfter(StreamEpoch seen)
    {
        while (true)
        {
            long last = Interlocked.Read(ref _last), next = Math.Max(last, seen.Value) + 1;
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return new(next);
        }
    }
}
