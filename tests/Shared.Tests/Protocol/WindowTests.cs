using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Receiving;
using LogPipeline.Protocol.Sending;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Protocol;

/// <summary>The two state machines against each other, without bytes, files or clocks.</summary>
public sealed class WindowTests
{
    private static readonly StreamEpoch First = new((1 << 24) + 1);

    [Fact]
    public void A_gap_is_refused_until_a_newer_epoch_begins()
    {
        var ranges = new ReceiverRanges<int>();
        Assert.Equal(ReceiptVerdict.AcceptNewEpoch, ranges.Receive(First, 0, 0, out _));
        Assert.Equal(ReceiptVerdict.Refuse, ranges.Receive(First, 2, 2, out RewindReason reason));
        Assert.Equal(RewindReason.Gap, reason);
        Assert.Equal(ReceiptVerdict.Refuse, ranges.Receive(First, 1, 1, out _));
        Assert.Equal(ReceiptVerdict.AcceptNewEpoch, ranges.Receive(new(First.Value + 1), 0, 0, out _));
    }

    [Fact]
    public void The_middle_of_an_unknown_epoch_is_refused_and_its_beginning_still_taken()
    {
        var ranges = new ReceiverRanges<int>();
        Assert.Equal(ReceiptVerdict.Refuse, ranges.Receive(First, 3, 3, out RewindReason reason));
        Assert.Equal(RewindReason.UnknownEpoch, reason);
        Assert.Equal(ReceiptVerdict.AcceptNewEpoch, ranges.Receive(First, 0, 0, out _));
    }

    [Fact]
    public void An_older_epoch_changes_nothing()
    {
        var ranges = new ReceiverRanges<int>();
        StreamEpoch newer = new(First.Value + 1);
        ranges.Receive(newer, 0, 0, out _);
        Assert.Equal(ReceiptVerdict.Refuse, ranges.Receive(First, 0, 0, out RewindReason reason));
        Assert.Equal(RewindReason.StaleEpoch, reason);
        Assert.Equal((newer, 1L), (ranges.Epoch, ranges.NextSequence));
    }

    [Fact]
    public void What_is_durable_behind_something_that_is_not_waits()
    {
        var ranges = new ReceiverRanges<int>();
        for (int sequence = 0; sequence < 3; sequence++) ranges.Receive(First, sequence, sequence, out _);
        Assert.False(ranges.TryTakeDurable(end => end > 0, out _));
        Assert.True(ranges.TryTakeDurable(_ => true, out int end));
        Assert.Equal((0, 1L), (end, ranges.DurableSequence));
    }

    [Fact]
    public void Credit_bounds_what_is_sent_but_for_one_chunk()
    {
        var window = new SenderWindow<int>(new StreamEpochs(1), initialCreditBytes: 100);
        Assert.True(window.MaySend(500));
        window.Send(500, 0);
        Assert.False(window.MaySend(1));
        window.Accept(new ChunksAccepted { Stream = "", Epoch = First, NextSequence = 1, GrantedBytes = 600 });
        Assert.True(window.MaySend(100));
        Assert.Equal(0, window.UnacceptedBytes);
    }

    [Fact]
    public void Answers_of_another_epoch_change_nothing()
    {
        var window = new SenderWindow<int>(new StreamEpochs(1), 100);
        window.Send(50, 1);
        window.Rewind(First);
        Assert.False(window.Settle(Durable(First, 1), out _));
        Assert.False(window.Accept(new ChunksAccepted { Stream = "", Epoch = First, NextSequence = 1, GrantedBytes = 999 }));
        Assert.Equal((0L, 100L), (window.NextSequence, window.CreditBytes));
    }

    [Fact]
    public void Whatever_the_network_does_all_is_durable_in_order_and_nothing_is_acknowledged_that_was_not_stored()
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out int seed) ? seed : 1;
        for (int current = first; current < first + 3000; current++)
        {
            string problem = Play(new Random(current));
            Assert.True(problem.Length == 0, $"SEED={current}: {problem}");
        }
    }

    // Numbers 0 to 199 are carried, one a chunk; two receivers share a store, and each may be asked or die at any time.
    private static string Play(Random random)
    {
        const int Total = 200;
        var stored = new List<int>();
        var receivers = new ReceiverRanges<int>[] { new(), new() };
        var pending = new List<int>[] { [], [] };
        var window = new SenderWindow<int>(new StreamEpochs(1), 20);
        var network = new List<IStreamMessage>();
        int durable = 0, next = 0, owner = 0;
        for (int step = 0; step < 20_000 && durable < Total; step++)
        {
            bool calm = step > 8_000;
            switch (random.Next(100))
            {
                case < 40:
                    if (next >= Total || !window.MaySend(1)) break;
                    network.Add(new DeliverChunk { Stream = "", Epoch = window.Epoch, Start = new StreamPosition(0, next), Sequence = window.Send(1, next) });
                    next++;
                    break;
                case < 80:
                    if (network.Count == 0) break;
                    int index = calm || random.Next(5) > 0 ? 0 : random.Next(network.Count);
                    IStreamMessage message = network[index];
                    if (calm || random.Next(20) > 0) network.RemoveAt(index);
                    if (!calm && random.Next(20) == 0) break;
                    Deliver(message);
                    break;
                case < 95:
                    foreach ((ReceiverRanges<int> ranges, List<int> waiting) in receivers.Zip(pending))
                    {
                        // The store takes any prefix; only what it has is durable.
                        foreach (int number in waiting.Take(random.Next(waiting.Count + 1)).ToList())
                        {
                            stored.Add(number);
                            waiting.Remove(number);
                        }
                        while (ranges.TryTakeDurable(stored.Contains, out _)) network.Add(Durable(ranges.Epoch, ranges.DurableSequence));
                    }
                    break;
                case < 97:
                    if (!calm) owner = random.Next(2);
                    break;
                case < 98:
                    if (calm) break;
                    receivers[owner] = new ReceiverRanges<int>();
                    pending[owner].Clear();
                    break;
                default:
                    network.Add(new ProbeStream("", window.Epoch, window.NextSequence));
                    break;
            }
        }
        return durable < Total ? $"{durable} of {Total} are durable" : "";

        void Deliver(IStreamMessage message)
        {
            ReceiverRanges<int> ranges = receivers[owner];
            switch (message)
            {
                case DeliverChunk chunk:
                    ReceiptVerdict verdict = ranges.Receive(chunk.Epoch, chunk.Sequence, (int)chunk.Start.OffsetBytes, out RewindReason reason);
                    if (verdict == ReceiptVerdict.AcceptNewEpoch) pending[owner].Clear();
                    if (verdict is ReceiptVerdict.Accept or ReceiptVerdict.AcceptNewEpoch) pending[owner].Add((int)chunk.Start.OffsetBytes);
                    network.Add(verdict == ReceiptVerdict.Refuse
                        ? new RewindStream("", chunk.Epoch, ranges.Epoch, reason)
                        : new ChunksAccepted { Stream = "", Epoch = ranges.Epoch, NextSequence = ranges.NextSequence, GrantedBytes = ranges.NextSequence + 20 });
                    break;
                case ProbeStream probe:
                    if (!ranges.Knows(probe.Epoch, probe.NextSequence, out reason)) network.Add(new RewindStream("", probe.Epoch, ranges.Epoch, reason));
                    else network.AddRange([Durable(ranges.Epoch, ranges.DurableSequence), new ChunksAccepted { Stream = "", Epoch = ranges.Epoch, NextSequence = ranges.NextSequence, GrantedBytes = ranges.NextSequence + 20 }]);
                    break;
                case ChunksAccepted accepted:
                    window.Accept(accepted);
                    break;
                case ChunksDurable covered:
                    if (!window.Settle(covered, out int end)) break;
                    for (int number = durable; number <= end; number++)
                        if (!stored.Contains(number)) throw new InvalidOperationException($"{number} is acknowledged and not stored");
                    durable = end + 1;
                    break;
                case RewindStream rewind when window.IsRefused(rewind):
                    window.Rewind(rewind.Newest);
                    next = durable;
                    break;
            }
        }
    }

    private static ChunksDurable Durable(StreamEpoch epoch, long next) =>
        new() { Stream = "", Epoch = epoch, NextSequence = next, Resume = new(default, default, default, default, default, default, default) };
}
