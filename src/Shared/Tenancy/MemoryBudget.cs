namespace LogPipeline.Tenancy;

/// <summary>
/// The bytes of documents that may be in memory, over all workers and tenants. One tenant never takes more than half, and a tenant that has nothing
/// under way may always read one chunk more: what another one holds cannot stop it. Safe from any thread.
/// </summary>
public sealed class MemoryBudget(long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _byTenant = [];
    private long _total;

    public long TotalBytes
    {
        get { lock (_lock) return _total; }
    }

    /// <summary>Whether another chunk of a tenant may be read, with so many of its bytes in open bodies of the asking worker.</summary>
    public bool MayRead(string tenant, long openBytes)
    {
        lock (_lock)
        {
            long held = _byTenant.GetValueOrDefault(tenant);
            return held == 0 || (_total + openBytes < maxBytes && held + openBytes < maxBytes / 2);
        }
    }

    public void Add(string tenant, long bytes)
    {
        lock (_lock)
        {
            _total += bytes;
            long held = _byTenant.GetValueOrDefault(tenant) + bytes;
            if (held == 0) _byTenant.Remove(tenant);
            else _byTenant[tenant] = held;
        }
    }

    public void Remove(string tenant, long bytes) => Add(tenant, -bytes);
}
