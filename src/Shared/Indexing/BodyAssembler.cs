using LogPipeline.Configuration;
using LogPipeline.Processing;

namespace LogPipeline.Indexing;

/// <summary>
/// One worker's open bodies: one a tenant, and another for what must be looked up before it is sent. Decides when a body is closed: full, old, or at
/// once when nothing of its tenant is under way. Owned by one worker.
/// </summary>
public sealed class BodyAssembler(IndexingOptions options, TimeProvider time) : IBodyTarget
{
    // Bodies begin small: most tenants of a quiet machine never fill one. Whoever filled one gets a whole one next.
    private const int FirstBytes = 16 << 10;

    // A body is closed so much before its limit: buffers come in powers of two, and one more record should not double it.
    private const int Headroom = 64 << 10;

    private readonly HashSet<string> _busy = [];

    private readonly Dictionary<(string Tenant, bool LookUpFirst), BulkBody> _open = [];
    private readonly List<BulkBody> _closed = [];

    // The body that the last record went into, while it is open: the next one mostly goes there too.
    private BulkBody? _last;

    /// <summary>Bytes in open bodies and in closed ones that were not taken.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (BulkBody body in _open.Values) bytes += body.Length;
            foreach (BulkBody body in _closed) bytes += body.Length;
            return bytes;
        }
    }

    public bool IsEmpty => _open.Count == 0 && _closed.Count == 0;

    public BulkBody Open(string tenant, bool lookUpFirst)
    {
        if (_last is not null && _last.LookUpFirst == lookUpFirst && _last.Tenant == tenant) return _last;
        if (_open.TryGetValue((tenant, lookUpFirst), out BulkBody? body)) return _last = body;
        return _last = _open[(tenant, lookUpFirst)] = new BulkBody(tenant, _busy.Remove(tenant) ? options.MaxBodyBytes : FirstBytes) { LookUpFirst = lookUpFirst, OpenedAt = time.GetTimestamp() };
    }

    public void Appended(BulkBody body)
    {
        if (body.Length < options.MaxBodyBytes - Math.Min(Headroom, options.MaxBodyBytes / 4)) return;
        _busy.Add(body.Tenant);
        Close(body);
    }

    /// <summary>Takes the bodies that are to be sent now, in the order in which their tenant's were opened.</summary>
    /// <param name="inFlight">Bodies of a tenant that are under way.</param>
    public IReadOnlyList<BulkBody> TakeDue(Func<string, int> inFlight)
    {
        foreach (BulkBody body in _open.Values.ToList())
        {
            bool due = inFlight(body.Tenant) == 0 && !_closed.Exists(closed => closed.Tenant == body.Tenant)
                || time.GetElapsedTime(body.OpenedAt) >= options.MaxBodyAge;
            if (!due) continue;
            Close(body);
        }
        if (_closed.Count == 0) return [];
        BulkBody[] taken = [.. _closed];
        _closed.Clear();
        return taken;
    }

    private void Close(BulkBody body)
    {
        if (body == _last) _last = null;
        _open.Remove((body.Tenant, body.LookUpFirst));
        _closed.Add(body);
    }
}
