namespace LogPipeline.Local.Workers;

/// <summary>
/// Streams that are not read because their tenant has no room, in memory or in its rate. When it has, some are let go, those that wait longest first: looking at thousands for each body
/// that makes room for a few would cost more than reading those.
/// </summary>
internal sealed class RoomlessStreams
{
    /// <summary>Of one tenant at once: more than one body's room is for. Each that is let go in vain costs a look at all that is known of it.</summary>
    private const int LetGoAtOnce = 64;

    private readonly Dictionary<string, Queue<StreamSlot>> _byTenant = new(StringComparer.Ordinal);

    public bool IsEmpty => _byTenant.Count == 0;

    /// <summary>Nothing when it waits for this tenant already.</summary>
    public void Add(string tenant, StreamSlot slot)
    {
        if (slot.WaitsForRoomOf == tenant) return;
        slot.WaitsForRoomOf = tenant;
        if (!_byTenant.TryGetValue(tenant, out Queue<StreamSlot>? waiting)) _byTenant[tenant] = waiting = [];
        waiting.Enqueue(slot);
    }

    /// <summary>Lets streams of tenants go that have room.</summary>
    public void LetGo(Func<string, bool> hasRoom, Action<StreamSlot> letGo)
    {
        foreach ((string tenant, Queue<StreamSlot> waiting) in _byTenant)
        {
            if (!hasRoom(tenant)) continue;
            for (int left = LetGoAtOnce; left > 0 && waiting.TryDequeue(out StreamSlot? slot); left--)
            {
                // It waits for another's meanwhile.
                if (slot.WaitsForRoomOf != tenant) continue;
                slot.WaitsForRoomOf = null;
                letGo(slot);
            }

            if (waiting.Count == 0) _byTenant.Remove(tenant);
        }
    }
}
