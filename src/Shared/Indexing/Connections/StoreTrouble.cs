using LogPipeline.Observability;

namespace LogPipeline.Indexing.Connections;

/// <summary>
/// Whether the store takes anything at all. That a request or a document has to be sent again is ordinary; that for seconds nothing else happens is what
/// people want to know, with the store's own words. Thread-safe; gets the time as a value.
/// </summary>
internal sealed class StoreTrouble(IPipelineLog log)
{
    /// <summary>Shorter than that, it is a hiccup.</summary>
    private static readonly TimeSpan CountsAfter = TimeSpan.FromSeconds(5);

    /// <summary>A trouble that lasts is told again this often.</summary>
    private static readonly TimeSpan ToldAgainAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private TimeSpan? _since, _toldAt;
    private string _reason = "";

    /// <summary>The store dealt with a request.</summary>
    public void Over()
    {
        bool told;
        lock (_lock)
        {
            told = _toldAt is not null;
            (_since, _toldAt) = (null, null);
        }

        if (told) log.Write(PipelineLogLevel.Info, LogEvents.StoreTakesAgain, "The store takes documents again.");
    }

    /// <summary>A request came to nothing and is sent again.</summary>
    /// <param name="reason">A sentence for people.</param>
    /// <param name="isKnown">It has been told in other words: that there is no answer.</param>
    /// <param name="now">The time.</param>
    public void GoesOn(string reason, bool isKnown, TimeSpan now)
    {
        TimeSpan lasted;
        lock (_lock)
        {
            _since ??= now;
            _reason = reason;
            lasted = now - _since.Value;
            if (isKnown || lasted < CountsAfter || now - _toldAt < ToldAgainAfter) return;
            _toldAt = now;
        }

        log.Write(PipelineLogLevel.Warning, LogEvents.StoreTakesNothing, $"The store has taken no document for {lasted.TotalSeconds:0} s. {reason} It is tried again; nothing is lost as long as the log files are there.");
    }

    /// <summary>What has kept everything back for a while; null when nothing does.</summary>
    public string? At(TimeSpan now)
    {
        lock (_lock) return now - _since >= CountsAfter ? _reason : null;
    }
}
