namespace LogPipeline.Indexing.Delivery;

/// <summary>The work of one tenant. Belongs to its <see cref="SendQueue"/>.</summary>
internal sealed class TenantLane(string tenant, int share)
{
    /// <summary>Requests in a row without progress after which a tenant is impaired.</summary>
    private const int ImpairedAfter = 2;

    public string Tenant { get; } = tenant;

    /// <summary>Its part of the bytes that are sent, compared with others that wait.</summary>
    public int Share { get; } = share;

    /// <summary>Where its next request begins, in bytes for each share: the one with the least is next.</summary>
    public double VirtualTime { get; set; }

    /// <summary>First attempts, in the order in which their bodies were taken.</summary>
    public Queue<BulkWork> Fresh { get; } = [];

    /// <summary>Later attempts, by when they are due.</summary>
    public PriorityQueue<BulkWork, (TimeSpan Due, long Order)> Later { get; } = new();

    /// <summary>Later attempts of what the server may die of, by when they are due.</summary>
    public PriorityQueue<BulkWork, (TimeSpan Due, long Order)> Suspects { get; } = new();

    /// <summary>Work that waits for a person; the first is the one that is tried.</summary>
    public LinkedList<BulkWork> Held { get; } = [];

    public HoldReason? Hold { get; set; }

    public TimeSpan HeldUntil { get; set; }

    public int HeldAttempts { get; set; }

    public int InFlight { get; set; }

    /// <summary>Bodies that were taken and are not completed.</summary>
    public int Bodies { get; set; }

    /// <summary>When the first of them was taken.</summary>
    public TimeSpan OpenedAt { get; set; }

    public int FailuresInARow { get; set; }

    public TimeSpan LastActive { get; set; }

    public bool IsImpaired => Hold is not null || FailuresInARow >= ImpairedAfter;

    public bool IsEmpty => Bodies == 0 && InFlight == 0 && Hold is null;

    public void Add(BulkWork work, TimeSpan due, long order) => (work.IsSuspect ? Suspects : Later).Enqueue(work, (due, order));

    /// <summary>When the next work that is not due yet will be; null when time alone brings nothing.</summary>
    public TimeSpan? NextDue(TimeSpan now)
    {
        if (Hold is not null) return HeldUntil > now ? HeldUntil : null;
        TimeSpan? next = null;
        if (Later.TryPeek(out _, out var later) && later.Due > now) next = later.Due;
        if (Suspects.TryPeek(out _, out var suspect) && suspect.Due > now && !(suspect.Due >= next)) next = suspect.Due;
        return next;
    }

    /// <summary>The next work of this tenant that is due; null when there is none.</summary>
    public BulkWork? Peek(TimeSpan now, bool suspects)
    {
        if (Hold is not null)
        {
            BulkWork? held = HeldUntil <= now ? Held.First?.Value : null;
            return held is { IsSuspect: true } && !suspects ? null : held;
        }

        if (suspects && Suspects.TryPeek(out BulkWork? suspect, out var first) && first.Due <= now) return suspect;
        // Older bodies first: what is due again came before what was never sent.
        if (Later.TryPeek(out BulkWork? later, out var next) && next.Due <= now) return later;
        return Fresh.TryPeek(out BulkWork? fresh) ? fresh : null;
    }

    /// <summary>Takes out what <see cref="Peek"/> gave.</summary>
    public void Remove(BulkWork work)
    {
        if (Hold is not null) Held.RemoveFirst();
        else if (work.IsSuspect) Suspects.Dequeue();
        else if (Later.TryPeek(out BulkWork? later, out _) && ReferenceEquals(later, work)) Later.Dequeue();
        else Fresh.Dequeue();
    }
}
