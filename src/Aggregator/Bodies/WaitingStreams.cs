using Akka.Actor;

namespace LogPipeline.Aggregator.Bodies;

/// <summary>
/// Streams whose next chunk has to wait for room or for its tenant's rate. Each tenant's are called in the order in which they came, and a call of one tenant is a call
/// of all: so one with thousands of waiting streams gets no more turns than one with a single one. Safe from any thread.
/// </summary>
internal sealed class WaitingStreams
{
    /// <summary>Streams of one tenant that are called at once: more would find nothing left.</summary>
    private const int CalledAtOnce = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<IActorRef>> _tenants = [];
    private readonly HashSet<IActorRef> _waiting = [];

    /// <summary>No stream waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock) return _waiting.Count == 0;
        }
    }

    /// <summary>A stream waits; nothing happens when it does already.</summary>
    public void Add(string tenant, IActorRef stream)
    {
        lock (_lock)
        {
            if (!_waiting.Add(stream)) return;
            if (!_tenants.TryGetValue(tenant, out Queue<IActorRef>? queue)) _tenants.Add(tenant, queue = []);
            queue.Enqueue(stream);
        }
    }

    /// <summary>A stream waits no longer.</summary>
    public void Remove(IActorRef stream)
    {
        lock (_lock) _waiting.Remove(stream);
    }

    /// <summary>The streams to call now; they wait no longer.</summary>
    /// <param name="hasLeft">Whether there is anything for a tenant.</param>
    public IReadOnlyList<IActorRef> Take(Func<string, bool> hasLeft)
    {
        lock (_lock)
        {
            if (_tenants.Count == 0) return [];
            var called = new List<IActorRef>();
            foreach ((string tenant, Queue<IActorRef> queue) in _tenants)
            {
                if (!hasLeft(tenant)) continue;
                for (int count = 0; count < CalledAtOnce && queue.TryDequeue(out IActorRef? stream);)
                {
                    if (!_waiting.Remove(stream)) continue;
                    called.Add(stream);
                    count++;
                }
                if (queue.Count == 0) _tenants.Remove(tenant);
            }
            return called;
        }
    }
}
