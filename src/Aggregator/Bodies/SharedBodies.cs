using Akka.Actor;
using LogPipeline.Aggregator.Streams;
using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Observability;
using LogPipeline.Protocol.Receiving;
using LogPipeline.Tenancy;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Aggregator.Bodies;

/// <summary>
/// The bulk bodies of the process: a few lanes, each with one open body a tenant that all streams of the lane fill, and the sender behind them. What becomes of a
/// body is told to the actors of the streams that have records in it. Decides whose chunks come in while there is too little room, or too little of a tenant's rate.
/// Safe from any thread.
/// </summary>
public sealed class SharedBodies : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>A stream may always have one chunk under way.</summary>
    private const long LeastWindowBytes = 64 << 10;

    private readonly BodyLane[] _lanes;
    private readonly IBulkSender _sender;
    private readonly MemoryBudget _budget;
    private readonly TenantQuotas _quotas;
    private readonly WaitingStreams _waiting = new();
    private readonly long _mostWaitingBytes, _windowBytes;
    private readonly ITimer _timer;
    private long _waitingBytes;
    private int _willLook;
    private volatile bool _isDraining;

    public SharedBodies(PipelineOptions options, PipelineMetrics metrics, IBulkSender sender, MemoryBudget budget, TenantQuotas quotas, int lanes)
    {
        _sender = sender;
        _budget = budget;
        _quotas = quotas;
        _windowBytes = options.Cluster.StreamWindowBytes;
        _mostWaitingBytes = options.Indexing.MaxInFlightBytes / 2;
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new BodyLane(options, metrics, TimeProvider.System))];
        // Of the provider: once it is disposed of, it takes no more and does not throw.
        _timer = TimeProvider.System.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How much more than what was encoded of it a stream may have under way now: as configured, or one chunk while much is waiting in memory.</summary>
    public long WindowBytes => Interlocked.Read(ref _waitingBytes) < _mostWaitingBytes ? _windowBytes : LeastWindowBytes;

    /// <summary>The lane of a stream: the same for as long as the process lives.</summary>
    public BodyLane LaneOf(string stream) => _lanes[(int)((uint)string.GetHashCode(stream, StringComparison.Ordinal) % (uint)_lanes.Length)];

    /// <summary>Whether so many bytes of a tenant's log may be encoded now; they are then counted as taken. Asked with the lane's gate held.</summary>
    public bool Admit(BodyLane lane, string tenant, int bytes)
    {
        if (_isDraining || !_budget.MayRead(tenant, lane.Assembler.Bytes) || !_quotas.MayTake(tenant)) return false;
        _quotas.Take(tenant, bytes);
        return true;
    }

    /// <summary>A stream that was not admitted is told <see cref="LookForRoom"/> when that may have changed.</summary>
    public void Await(string tenant, IActorRef stream)
    {
        _waiting.Add(tenant, stream);
        LookSoon();
    }

    /// <summary>A stream has ended.</summary>
    public void Forget(IActorRef stream) => _waiting.Remove(stream);

    /// <summary>The bytes of chunks that streams keep until they are admitted have changed by so much.</summary>
    public void AddWaiting(long bytes) => Interlocked.Add(ref _waitingBytes, bytes);

    /// <summary>Hands the bodies of a lane that are full, old, or alone to the sender. What stays is looked at again soon.</summary>
    public void SendDue(BodyLane lane)
    {
        lock (lane.Gate)
        {
            foreach (BulkBody body in lane.Assembler.TakeDue(_sender.InFlight))
            {
                _budget.Add(body.Tenant, body.Length);
                _sender.Send(body, Completed);
            }
            if (lane.Assembler.IsEmpty) return;
        }
        LookSoon();
    }

    /// <summary>Lets nothing more in, and waits until what was is certain and told to its streams, or <paramref name="limit"/> is cancelled. What is open of a record stays open.</summary>
    public async Task DrainAsync(CancellationToken limit)
    {
        _isDraining = true;
        using var tick = new PeriodicTimer(LookEvery);
        while (!limit.IsCancellationRequested && !IsEmpty()) await ((Task)tick.WaitForNextTickAsync(limit).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _timer.Dispose();

    // The lanes first: what one of them has handed on is counted in the budget before it is empty.
    private bool IsEmpty() => Array.TrueForAll(_lanes, static lane =>
    {
        lock (lane.Gate) return lane.Assembler.IsEmpty;
    }) && _budget.TotalBytes == 0;

    private void LookSoon()
    {
        if (Interlocked.Exchange(ref _willLook, 1) == 0) _timer.Change(LookEvery, Timeout.InfiniteTimeSpan);
    }

    private void Look()
    {
        Volatile.Write(ref _willLook, 0);
        Array.ForEach(_lanes, SendDue);
        CallWaiting();
        if (!_waiting.IsEmpty) LookSoon();
    }

    private void CallWaiting()
    {
        foreach (IActorRef stream in _waiting.Take(tenant => _budget.MayRead(tenant, 0) && _quotas.HasLeft(tenant))) stream.Tell(LookForRoom.Instance);
    }

    private void Completed(BulkBody body)
    {
        (string tenant, long bytes) = (body.Tenant, body.Length);
        IReadOnlyList<TicketOutcome> outcomes = TicketOutcome.Of(body);
        body.Dispose();
        foreach (TicketOutcome outcome in outcomes) ((IActorRef)outcome.Ticket.Owner).Tell(outcome);
        // Only now: whoever drains goes on when nothing is counted any more.
        _budget.Remove(tenant, bytes);
        CallWaiting();
    }
}
