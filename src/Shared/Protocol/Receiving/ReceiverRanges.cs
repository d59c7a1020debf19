using System.Diagnostics.CodeAnalysis;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Protocol.Receiving;

/// <summary>
/// The receiver's side of one stream: which chunk comes next, which are taken and not durable, and how far the durable ones reach without a gap. A newer
/// epoch fences all older ones; a gap is refused, never bridged. Decides only; holds nothing that cannot be rebuilt by reading again.
/// </summary>
public sealed class ReceiverRanges<TEnd>
{
    private readonly Queue<TEnd> _notDurable = [];

    /// <summary>The newest epoch seen; zero before the first chunk.</summary>
    public StreamEpoch Epoch { get; private set; }

    /// <summary>The number of the next chunk; every one before it was taken.</summary>
    public long NextSequence { get; private set; }

    /// <summary>Chunks before this number are durable.</summary>
    public long DurableSequence { get; private set; }

    /// <summary>Nothing is taken any more until a newer epoch begins.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Taken chunks that are not durable.</summary>
    public int NotDurableCount => _notDurable.Count;

    /// <summary>Judges a chunk. Changes nothing but, with <see cref="ReceiptVerdict.Accept"/> and <see cref="ReceiptVerdict.AcceptNewEpoch"/>, what was received.</summary>
    /// <param name="epoch">The chunk's.</param>
    /// <param name="sequence">The chunk's.</param>
    /// <param name="end">What is to be known of its end once that is durable.</param>
    /// <param name="reason">With <see cref="ReceiptVerdict.Refuse"/>: what to tell the sender.</param>
    public ReceiptVerdict Receive(StreamEpoch epoch, long sequence, TEnd end, out RewindReason reason)
    {
        reason = default;
        if (epoch < Epoch) return Refuse(RewindReason.StaleEpoch, out reason);
        if (epoch > Epoch)
        {
            // Its beginning is missing: the epoch is not begun, so that a repeated beginning still can.
            if (sequence != 0) return Refuse(RewindReason.UnknownEpoch, out reason);
            Epoch = epoch;
            IsBroken = false;
            _notDurable.Clear();
            DurableSequence = 0;
            NextSequence = 1;
            _notDurable.Enqueue(end);
            return ReceiptVerdict.AcceptNewEpoch;
        }
        if (sequence < NextSequence && !IsBroken) return ReceiptVerdict.Duplicate;
        if (sequence > NextSequence || IsBroken)
        {
            IsBroken = true;
            return Refuse(RewindReason.Gap, out reason);
        }
        NextSequence++;
        _notDurable.Enqueue(end);
        return ReceiptVerdict.Accept;
    }

    /// <summary>Judges a probe: false when the sender must go back.</summary>
    public bool Knows(StreamEpoch epoch, long nextSequence, out RewindReason reason)
    {
        reason = epoch < Epoch ? RewindReason.StaleEpoch : epoch > Epoch ? RewindReason.UnknownEpoch : RewindReason.Gap;
        if (epoch == Epoch && nextSequence != NextSequence) IsBroken = true;
        return epoch == Epoch && !IsBroken;
    }

    /// <summary>Takes nothing more under this epoch: its records were found to end elsewhere, or it made no sense.</summary>
    public void Break()
    {
        IsBroken = true;
        _notDurable.Clear();
        DurableSequence = NextSequence;
    }

    /// <summary>Takes the first chunk that is not yet taken off, if <paramref name="isDurable"/> says that it is so; to be repeated while true.</summary>
    public bool TryTakeDurable(Func<TEnd, bool> isDurable, [MaybeNullWhen(false)] out TEnd end)
    {
        if (!_notDurable.TryPeek(out end) || !isDurable(end)) return false;
        _notDurable.Dequeue();
        DurableSequence++;
        return true;
    }

    private static ReceiptVerdict Refuse(RewindReason why, out RewindReason reason)
    {
        reason = why;
        return ReceiptVerdict.Refuse;
    }

}
