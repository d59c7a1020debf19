using Akka.Actor;
using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Observability;
using LogPipeline.Protocol.Receiving;
using LogPipeline.Tenancy;

namespace LogPipeline.Aggregator.Bodies;

/// <summary>
/// The bulk bodies of the process: a few lanes, each with one open body a tenant that all streams of the lane fill, and the sender behind them. What becomes of a
/// body is told to the actors of the streams that have records in it. Safe from any thread.
/// </summary>
public sealed class SharedBodies : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly BodyLane[] _lanes;
    private readonly IBulkSender _sender;
    private readonly MemoryBudget _budget;
    private readonly Timer _timer;

    public SharedBodies(PipelineOptions options, PipelineMetrics metrics, IBulkSender sender, MemoryBudget budget, int lanes)
    {
        _sender = sender;
        _budget = budget;
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new BodyLane(options, metrics, TimeProvider.System))];
        _timer = new Timer(_ => Array.ForEach(_lanes, SendDue), null, LookEvery, LookEvery);
    }

    /// <summary>The lane of a stream: the same for as long as the process lives.</summary>
    public BodyLane LaneOf(string stream) => _lanes[(int)((uint)string.GetHashCode(stream, StringComparison.Ordinal) % (uint)_lanes.Length)];

    /// <summary>Whether another chunk of a tenant may be encoded. Asked with the lane's gate held.</summary>
    public bool MayEncode(BodyLane lane, string tenant) => _budget.MayRead(tenant, lane.Assembler.Bytes);

    /// <summary>Hands the bodies of a lane that are full, old, or alone to the sender.</summary>
    public void SendDue(BodyLane lane)
    {
        lock (lane.Gate)
        {
            foreach (BulkBody body in lane.Assembler.TakeDue(_sender.InFlight))
            {
                _budget.Add(body.Tenant, body.Length);
                _sender.Send(body, Completed);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Completed(BulkBody body)
    {
        _budget.Remove(body.Tenant, body.Length);
        IReadOnlyList<TicketOutcome> outcomes = TicketOutcome.Of(body);
        body.Dispose();
        foreach (TicketOutcome outcome in outcomes) ((IActorRef)outcome.Ticket.Owner).Tell(outcome);
    }
}
