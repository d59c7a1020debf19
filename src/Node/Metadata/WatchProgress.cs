namespace LogPipeline.Node.Metadata;

/// <summary>
/// How a kind of objects is followed: what is to be asked next, by how the requests before ended. Decides only; whoever owns it asks.
/// <code>
/// list -> watch -> the server ends it: watch on from the newest version seen (bookmarks tell one where nothing changes)
///              -> the connection drops, or is refused: the same after a pause that grows, with jitter
///              -> 410, the version is too old: list again after a pause
/// </code>
/// </summary>
/// <param name="random">Gives numbers from 0 to 1.</param>
public sealed class WatchProgress(Func<double> random)
{
    /// <summary>A server that ends watches sooner than this, as a proxy may, is not asked again at once.</summary>
    private static readonly TimeSpan LeastWatch = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromMinutes(1);

    // At most 1.5 requests an hour; not all nodes at once. client-go takes 5 to 10 minutes, which would be 12 for each kind.
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromMinutes(40), TimeoutSpread = TimeSpan.FromMinutes(20);

    // Any version will do at first, which spares etcd when all nodes start at once. Later it must not be older than what was seen.
    private string _listFrom = "0";
    private string? _watchFrom;
    private int _failures;

    /// <summary>Everything was listed once.</summary>
    public bool IsListed { get; private set; }

    public WatchRequest Next()
    {
        TimeSpan pause = _failures == 0 ? TimeSpan.Zero : (0.5 + (random() / 2)) * TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, FirstPause.TotalSeconds * Math.Pow(2, Math.Min(_failures - 1, 16))));
        return _watchFrom is { } version
            ? new WatchRequest(pause, IsList: false, version, LeastTimeout + (random() * TimeoutSpread))
            : new WatchRequest(pause, IsList: true, _listFrom, default);
    }

    /// <summary>A list has come.</summary>
    public void Listed(string resourceVersion)
    {
        IsListed = true;
        (_watchFrom, _listFrom, _failures) = (resourceVersion, resourceVersion, 0);
    }

    /// <summary>An object or a bookmark has come over a watch.</summary>
    public void Seen(string resourceVersion)
    {
        (_watchFrom, _listFrom, _failures) = (resourceVersion, resourceVersion, 0);
    }

    /// <summary>The server has ended a watch in good order.</summary>
    public void Ended(TimeSpan lasted)
    {
        if (lasted < LeastWatch) _failures++;
    }

    /// <summary>The connection was lost or refused, or the server has answered with an error.</summary>
    public void Failed() => _failures++;

    /// <summary>410: the version is older than what the server has kept.</summary>
    public void Expired()
    {
        // Where not even a list of it can be had, only the newest is left.
        if (_watchFrom is null) _listFrom = "";
        _watchFrom = null;
        _failures++;
    }
}
