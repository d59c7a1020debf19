namespace LogPipeline.Indexing.Delivery;

/// <summary>
/// Which request is next. Within a tenant first attempts go in order; tenants that wait send bytes in the ratio of their shares, whatever the sizes of their requests:
/// start-time fair queueing (Goyal, Vin and Cheng 1996), which does what deficit round robin does and also takes turns within a quantum. Decides only: gets the time
/// and the limit as values. Not thread-safe.
/// </summary>
/// <param name="shareOf">A tenant's share, at least 1; when null all have the same.</param>
/// <remarks>
/// A tenant whose requests fail, or that is held, has at most one under way, and all such tenants together at most half of the places.
/// One that works leaves a quarter of the places free while others were seen lately, as places given away come back only as fast as its
/// requests are answered. When no place is left a tenant with nothing under way may still start one, up to <see cref="GuestPlaces"/> at
/// once beyond the limit.
/// </remarks>
public sealed class SendQueue(Func<string, int>? shareOf = null)
{
    /// <summary>Requests beyond the limit, for tenants that would otherwise wait behind others' slow ones.</summary>
    public const int GuestPlaces = 2;

    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, TenantLane> _lanes = [];
    private readonly List<TenantLane> _turns = [];
    private int _turn;
    private double _virtualTime;
    private int _inFlight;
    private bool _suspectInFlight;
    private long _order;
    private TimeSpan _lastProgress = TimeSpan.MinValue;

    /// <summary>Requests under way.</summary>
    public int InFlight => _inFlight;

    /// <summary>The tenants that wait for a person, with the reason.</summary>
    public IEnumerable<(string Tenant, HoldReason Reason)> Held => _turns.Where(l => l.Hold is not null).Select(l => (l.Tenant, l.Hold!));

    public int BodiesOf(string tenant) => _lanes.TryGetValue(tenant, out TenantLane? lane) ? lane.Bodies : 0;

    /// <summary>
    /// How long the store has dealt with nothing although something waits for it; zero when nothing does. What waits for a person does not count.
    /// </summary>
    public TimeSpan StalledFor(TimeSpan now)
    {
        TimeSpan? since = null;
        foreach (TenantLane lane in _turns)
        {
            if (lane.Bodies > 0 && lane.Hold is null && !(lane.OpenedAt >= since)) since = lane.OpenedAt;
        }

        return since is not { } opened ? TimeSpan.Zero : now - (opened > _lastProgress ? opened : _lastProgress);
    }

    /// <summary>A body was taken.</summary>
    public void Open(string tenant, TimeSpan now)
    {
        TenantLane lane = Lane(tenant);
        if (lane.Bodies++ == 0) lane.OpenedAt = now;
    }

    /// <summary>All its outcomes are certain.</summary>
    public void Close(string tenant) => Lane(tenant).Bodies--;

    /// <summary>A first attempt, behind the tenant's others.</summary>
    public void AddFresh(BulkWork work) => LaneOf(work).Fresh.Enqueue(work);

    /// <summary>A later attempt, before the tenant's fresh ones once it is due.</summary>
    public void AddLater(BulkWork work, TimeSpan due)
    {
        TenantLane lane = LaneOf(work);
        if (lane.Hold is null) lane.Add(work, due, _order++);
        else lane.Held.AddLast(work);
    }

    /// <summary>Work that a person's act must free; its tenant is held from now on. True when it was not before.</summary>
    public bool Hold(BulkWork work, HoldReason reason)
    {
        TenantLane lane = LaneOf(work);
        bool begins = lane.Hold is null;
        lane.Hold ??= reason;
        lane.Held.AddLast(work);
        return begins;
    }

    /// <summary>A held tenant was tried: the same work is the next to be tried. Returns how often that was.</summary>
    public int HoldOn(BulkWork work)
    {
        TenantLane lane = LaneOf(work);
        lane.Held.AddFirst(work);
        return ++lane.HeldAttempts;
    }

    /// <summary>When a held tenant is tried next.</summary>
    public void HoldUntil(string tenant, TimeSpan until) => Lane(tenant).HeldUntil = until;

    public HoldReason? HoldOf(string tenant) => Lane(tenant).Hold;

    /// <summary>The tenant's requests are taken again.</summary>
    public void ReleaseHold(string tenant)
    {
        TenantLane lane = Lane(tenant);
        lane.Hold = null;
        lane.HeldAttempts = 0;
        foreach (BulkWork work in lane.Held) lane.Add(work, TimeSpan.Zero, _order++);
        lane.Held.Clear();
    }

    /// <summary>The next request to make; <see cref="Finished"/> must follow. False when none may start now.</summary>
    /// <param name="now">The time, in the clock of the due times.</param>
    /// <param name="limit">Requests that may be under way.</param>
    /// <param name="work">The request.</param>
    /// <param name="probe">It tries whether a held tenant is free.</param>
    public bool TryTake(TimeSpan now, int limit, out BulkWork work, out bool probe)
    {
        int? first = null;
        double start = double.MaxValue;
        for (int i = 0; i < _turns.Count; i++)
        {
            TenantLane lane = _turns[(_turn + i) % _turns.Count];
            // One that had nothing to send has saved nothing up.
            double its = Math.Max(lane.VirtualTime, _virtualTime);
            if (its < start && lane.Peek(now, suspects: !_suspectInFlight) is not null && MayStart(lane, limit, now)) (first, start) = ((_turn + i) % _turns.Count, its);
        }

        if (first is { } turn)
        {
            TenantLane lane = _turns[turn];
            work = lane.Peek(now, suspects: !_suspectInFlight)!;
            probe = lane.Hold is not null;
            _turn = (turn + 1) % _turns.Count;
            _virtualTime = start;
            lane.VirtualTime = start + (work.Kind == WorkKind.Send ? (double)work.RequestBytes() / lane.Share : 0);
            lane.Remove(work);
            lane.InFlight++;
            lane.LastActive = now;
            _inFlight++;
            _suspectInFlight |= work.IsSuspect;
            return true;
        }

        work = null!;
        probe = false;
        return false;
    }

    /// <summary>A request ended.</summary>
    /// <param name="work">What <see cref="TryTake"/> gave.</param>
    /// <param name="progress">The store dealt with it.</param>
    /// <param name="now">The time, in the clock of the due times.</param>
    public void Finished(BulkWork work, bool progress, TimeSpan now)
    {
        if (progress) _lastProgress = now;
        TenantLane lane = LaneOf(work);
        lane.InFlight--;
        _inFlight--;
        if (work.IsSuspect) _suspectInFlight = false;
        lane.FailuresInARow = progress ? 0 : lane.FailuresInARow + 1;
    }

    /// <summary>When to try <see cref="TryTake"/> again if nothing else happens; null when nothing waits for the time. What is due already waits for a place.</summary>
    public TimeSpan? NextDue(TimeSpan now)
    {
        TimeSpan? next = null;
        foreach (TenantLane lane in _turns)
        {
            if (lane.NextDue(now) is { } due && !(due >= next)) next = due;
        }

        return next;
    }

    /// <summary>Forgets tenants that have nothing.</summary>
    public void Trim(TimeSpan now)
    {
        for (int i = _turns.Count - 1; i >= 0; i--)
        {
            TenantLane lane = _turns[i];
            if (!lane.IsEmpty || lane.LastActive + Lately > now) continue;
            _turns.RemoveAt(i);
            _lanes.Remove(lane.Tenant);
        }

        if (_turn >= _turns.Count) _turn = 0;
    }

    private bool MayStart(TenantLane lane, int limit, TimeSpan now)
    {
        if (lane.IsImpaired) return lane.InFlight == 0 && ImpairedInFlight() < Math.Max(1, limit / 2);
        if (_inFlight >= limit) return lane.InFlight == 0 && _inFlight < limit + GuestPlaces;
        int reserve = limit == 1 || !OthersSeenLately(lane, now) ? 0 : Math.Max(1, limit / 4);
        return lane.InFlight < limit - reserve;
    }

    private int ImpairedInFlight()
    {
        int count = 0;
        foreach (TenantLane lane in _turns)
        {
            if (lane.IsImpaired) count += lane.InFlight;
        }

        return count;
    }

    private bool OthersSeenLately(TenantLane lane, TimeSpan now)
    {
        foreach (TenantLane other in _turns)
        {
            if (!ReferenceEquals(other, lane) && other.Hold is null && (other.Bodies > 0 || other.LastActive + Lately > now)) return true;
        }

        return false;
    }

    private TenantLane LaneOf(BulkWork work) => Lane(work.Delivery.Body.Tenant);

    private TenantLane Lane(string tenant)
    {
        if (_lanes.TryGetValue(tenant, out TenantLane? lane)) return lane;
        lane = new TenantLane(tenant, shareOf?.Invoke(tenant) ?? 1) { LastActive = TimeSpan.MinValue / 2 };
        _lanes.Add(tenant, lane);
        _turns.Add(lane);
        return lane;
    }
}
