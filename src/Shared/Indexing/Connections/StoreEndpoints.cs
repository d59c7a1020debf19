namespace LogPipeline.Indexing.Connections;

/// <summary>
/// The store's addresses: used in turn, one that failed is avoided for a while that grows with its failures, as long as another is left.
/// Thread-safe; gets the time as a value.
/// </summary>
public sealed class StoreEndpoints
{
    private static readonly TimeSpan LongestAvoidance = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly StoreEndpoint[] _endpoints;
    private int _next;

    /// <param name="addresses">At least one.</param>
    /// <param name="maxConcurrency">Requests at once to each.</param>
    public StoreEndpoints(IEnumerable<Uri> addresses, int maxConcurrency)
    {
        _endpoints = [.. addresses.Select(a => new StoreEndpoint(a, maxConcurrency))];
        if (_endpoints.Length == 0) throw new ArgumentException("A store needs an address.", nameof(addresses));
    }

    /// <summary>For people: the addresses without user information.</summary>
    public IEnumerable<string> Names => _endpoints.Select(endpoint => endpoint.Name);

    /// <summary>Requests at once over all endpoints that are in use now.</summary>
    public int Limit(TimeSpan now)
    {
        lock (_lock)
        {
            int limit = 0;
            foreach (StoreEndpoint endpoint in _endpoints)
            {
                if (endpoint.AvoidUntil <= now) limit += endpoint.Concurrency.Limit;
            }

            return Math.Max(1, limit);
        }
    }

    /// <summary>The endpoint for the next request: in turn among those below their limit, else the least loaded, else the one that was avoided for the longest.</summary>
    public StoreEndpoint Take(TimeSpan now)
    {
        lock (_lock)
        {
            StoreEndpoint best = _endpoints[_next];
            for (int i = 0; i < _endpoints.Length; i++)
            {
                StoreEndpoint endpoint = _endpoints[(_next + i) % _endpoints.Length];
                if (Rank(endpoint, now).CompareTo(Rank(best, now)) < 0) best = endpoint;
            }

            _next = (_next + 1) % _endpoints.Length;
            best.InFlight++;
            return best;
        }
    }

    /// <summary>The request ended. True when it changed whether the endpoint answers.</summary>
    /// <param name="answer">Its answer.</param>
    /// <param name="endpoint">What <see cref="Take"/> gave.</param>
    /// <param name="bytes">Bytes sent; 0 for a request that says nothing about the endpoint's speed.</param>
    /// <param name="overloaded">The endpoint refused it, or some of its documents, for load.</param>
    /// <param name="now">The time.</param>
    public bool Release(StoreEndpoint endpoint, StoreAnswer answer, long bytes, bool overloaded, TimeSpan now)
    {
        lock (_lock)
        {
            bool limitReached = endpoint.InFlight >= endpoint.Concurrency.Limit;
            endpoint.InFlight--;
            if (answer.Failure == StoreFailure.Stopped) return false;
            if (overloaded || answer.Failure == StoreFailure.TimedOut) endpoint.Concurrency.OnOverloaded(answer.Elapsed, now);
            else if (bytes > 0 && answer.Status == 200) endpoint.Concurrency.OnAnswered(bytes, answer.Elapsed, limitReached, now);

            bool failed = answer.Failure is StoreFailure.NotConnected or StoreFailure.Closed or StoreFailure.TimedOut;
            int before = endpoint.FailuresInARow;
            endpoint.FailuresInARow = failed ? before + 1 : 0;
            TimeSpan avoidance = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(before, 10)));
            endpoint.AvoidUntil = failed ? now + (avoidance < LongestAvoidance ? avoidance : LongestAvoidance) : TimeSpan.Zero;
            return failed != before > 0;
        }
    }

    private static (bool Avoided, TimeSpan Until, bool Full, int InFlight) Rank(StoreEndpoint endpoint, TimeSpan now)
    {
        bool avoided = endpoint.AvoidUntil > now;
        bool full = endpoint.InFlight >= endpoint.Concurrency.Limit;
        return (avoided, avoided ? endpoint.AvoidUntil : TimeSpan.Zero, full, full ? endpoint.InFlight : 0);
    }
}
