using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Receiving;
using LogPipeline.Tests.Simulation;
using LogPipeline.Tests.Simulation.Storing;

namespace LogPipeline.Tests.Delivery;

/// <summary>One life of an aggregator: its receivers, its bodies, and its sender to the store.</summary>
internal sealed class SimulatedAggregator : IDisposable
{
    private readonly PipelineMetrics _metrics = new();
    private readonly JoiningRules _rules = new();
    private readonly BodyLane _bodies;
    private readonly ModelStore _store;
    private readonly Dictionary<string, (StreamReceiver Receiver, object Node)> _streams = [];
    private readonly Queue<BulkBody> _completed = [];

    public SimulatedAggregator(PipelineOptions options, ModelStore store, TimeProvider time)
    {
        _store = store;
        _bodies = new BodyLane(options, _metrics, time);
    }

    /// <summary>It reads no messages and sends nothing, as a stopped process does.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Something of the stream is waiting, pending or under way here.</summary>
    public bool Holds(string stream) => _streams.TryGetValue(stream, out (StreamReceiver Receiver, object Node) known) && !known.Receiver.IsIdle;

    public void Receive(object node, IStreamMessage message, Action<object, IStreamMessage> answer)
    {
        StreamReceiver receiver = _streams.TryGetValue(message.Stream, out (StreamReceiver Receiver, object Node) known) ? known.Receiver : new StreamReceiver(message.Stream, message.Stream, _bodies, _rules, windowBytes: static () => 3000);
        _streams[message.Stream] = (receiver, node);
        switch (message)
        {
            case DeliverChunk chunk:
                if (receiver.Receive(chunk) is { } refusal) answer(node, refusal);
                Encode(message.Stream, answer);
                break;
            case ProbeStream probe:
                foreach (IStreamMessage told in receiver.Receive(probe)) answer(node, told);
                break;
        }
    }

    public void Turn(Action<object, IStreamMessage> answer)
    {
        if (IsFrozen) return;
        while (_completed.TryDequeue(out BulkBody? body))
        {
            foreach (TicketOutcome outcome in TicketOutcome.Of(body))
            {
                var stream = (string)outcome.Ticket.Owner;
                (StreamReceiver receiver, object node) = _streams[stream];
                foreach (IStreamMessage told in receiver.Complete(outcome)) answer(node, told);
                Encode(stream, answer);
            }
            body.Dispose();
        }
        foreach (BulkBody body in _bodies.Assembler.TakeDue(_store.InFlight)) _store.Send(body, _completed.Enqueue);
    }

    /// <summary>The store answers one of its requests.</summary>
    public void Answer() => _store.Answer();

    public void Die() => _store.LoseProcess();

    public void Dispose() => _metrics.Dispose();

    private void Encode(string stream, Action<object, IStreamMessage> answer)
    {
        (StreamReceiver receiver, object node) = _streams[stream];
        foreach (IStreamMessage told in receiver.Encode(static (_, _) => true)) answer(node, told);
    }
}
