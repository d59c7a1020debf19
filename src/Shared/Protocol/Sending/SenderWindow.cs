using LogPipeline.Protocol.Messages;

namespace LogPipeline.Protocol.Sending;

/// <summary>
/// The sender's side of one stream: numbers chunks within an epoch, keeps what is sent within the credit that the receiver has granted, and tells which
/// chunk's end has become durable. Decides only; whoever owns it reads, sends and remembers.
/// <code>
/// sent (not accepted) -> accepted (in the receiver's memory) -> durable (its resume point may be recorded)
/// </code>
/// The receiver's silence or refusal has one remedy: a newer epoch from the durable position (<see cref="Rewind"/>).
/// </summary>
/// <param name="epochs">Where epochs come from.</param>
/// <param name="initialCreditBytes">What may be sent in an epoch before the receiver has granted anything.</param>
public sealed class SenderWindow<TEnd>(StreamEpochs epochs, long initialCreditBytes)
{
    private readonly Queue<(long Sequence, TEnd End)> _notDurable = [];
    private readonly Queue<long> _unaccepted = [];
    private readonly long _initialCreditBytes = initialCreditBytes;
    private long _grantedBytes = initialCreditBytes;

    public StreamEpoch Epoch { get; private set; } = epochs.NextAfter(default);

    /// <summary>The number of the next chunk.</summary>
    public long NextSequence { get; private set; }

    /// <summary>Chunks before this number are in the receiver's memory.</summary>
    public long AcceptedSequence { get; private set; }

    /// <summary>Chunks before this number are durable.</summary>
    public long DurableSequence { get; private set; }

    /// <summary>Bytes of window sent in this epoch.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Bytes of window of the chunks that are not in the receiver's memory.</summary>
    public long UnacceptedBytes { get; private set; }

    public bool HasUnaccepted => AcceptedSequence < NextSequence;

    /// <summary>Sent chunks whose end is not durable.</summary>
    public int NotDurableCount => _notDurable.Count;

    /// <summary>Bytes that may be sent now.</summary>
    public long CreditBytes => Math.Max(0, _grantedBytes - SentBytes);

    /// <summary>Whether a chunk may be sent. One may always be under way, however small the credit: a chunk larger than it would never go.</summary>
    public bool MaySend(long windowBytes) => SentBytes + windowBytes <= _grantedBytes || (!HasUnaccepted && CreditBytes > 0);

    /// <summary>Counts a chunk as sent and gives it its number.</summary>
    /// <param name="windowBytes">What it counts against the credit.</param>
    /// <param name="end">What is to be known of its end once that is durable.</param>
    public long Send(long windowBytes, TEnd end)
    {
        SentBytes += windowBytes;
        UnacceptedBytes += windowBytes;
        _unaccepted.Enqueue(windowBytes);
        _notDurable.Enqueue((NextSequence, end));
        return NextSequence++;
    }

    /// <summary>Takes an acceptance. False when it is of another epoch or tells nothing new.</summary>
    public bool Accept(ChunksAccepted accepted)
    {
        if (accepted.Epoch != Epoch || accepted.NextSequence > NextSequence) return false;
        bool news = accepted.NextSequence > AcceptedSequence || accepted.GrantedBytes > _grantedBytes;
        AcceptBefore(accepted.NextSequence);
        _grantedBytes = Math.Max(_grantedBytes, accepted.GrantedBytes);
        return news;
    }

    /// <summary>Takes a promise of durability. True with the end of the last chunk that it covers; false when it is of another epoch or tells nothing new.</summary>
    public bool Settle(ChunksDurable durable, out TEnd end)
    {
        end = default!;
        if (durable.Epoch != Epoch || durable.NextSequence > NextSequence || durable.NextSequence <= DurableSequence) return false;
        while (_notDurable.TryPeek(out (long Sequence, TEnd End) head) && head.Sequence < durable.NextSequence) end = _notDurable.Dequeue().End;
        DurableSequence = durable.NextSequence;
        AcceptBefore(durable.NextSequence);
        return true;
    }

    /// <summary>Whether a refusal is about what is sent now: then <see cref="Rewind"/> follows.</summary>
    public bool IsRefused(RewindStream rewind) => rewind.Epoch == Epoch;

    /// <summary>Begins an epoch newer than this one and <paramref name="newest"/>; what was sent is forgotten, to be read again from the durable position.</summary>
    public void Rewind(StreamEpoch newest)
    {
        Epoch = epochs.NextAfter(newest);
        NextSequence = AcceptedSequence = SentBytes = UnacceptedBytes = DurableSequence = 0;
        _unaccepted.Clear();
        _grantedBytes = _initialCreditBytes;
        _notDurable.Clear();
    }

    private void AcceptBefore(long sequence)
    {
        for (; AcceptedSequence < sequence; AcceptedSequence++) UnacceptedBytes -= _unaccepted.Dequeue();
    }
}
