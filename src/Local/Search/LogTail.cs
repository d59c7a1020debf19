using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Search;

/// <summary>
/// Follows what is stored, as <c>tail -f</c> follows a file. Records do not arrive in the order of their times: a window behind the
/// newest one is looked at again and again, and what was given out is remembered by its id, so that a late record is shown and none
/// is shown twice. A record that arrives later than the window is long is left to the search. One instance follows one filter; not thread-safe.
/// </summary>
public sealed class LogTail(LogSearch search, LogFilter filter, TimeProvider time)
{
    /// <summary>How far behind the newest record a record may arrive and still be shown.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromSeconds(60);

    /// <summary>Records that are shown at the start, from before it.</summary>
    public const int FirstRecords = 100;

    private const int PageSize = 500;

    // Nobody reads two thousand lines between two looks: what is more is counted instead.
    private const int MaxPages = 4;

    private readonly LogFilter _filter = filter with { FromNanos = null, ToNanos = null };
    private readonly Dictionary<(string Index, string Id), long> _seen = [];
    private long _floorNanos;
    private long _newestNanos;
    private bool _started;

    /// <summary>What has come since the last look. The time range of the filter is ignored.</summary>
    public async Task<SearchOutcome<TailBatch>> PollAsync(CancellationToken cancellation) =>
        _started ? await ContinueAsync(cancellation) : await StartAsync(cancellation);

    private async Task<SearchOutcome<TailBatch>> StartAsync(CancellationToken cancellation)
    {
        SearchOutcome<LogResults> outcome = await search.SearchAsync(_filter, SearchOrder.NewestFirst, FirstRecords, null, cancellation);
        if (!outcome.TryGet(out LogResults? page, out SearchFailure? failure))
        {
            return failure;
        }

        foreach (LogRecord record in page.Records)
        {
            Remember(record);
        }

        if (page.Next is not null)
        {
            // The window begins behind the oldest one shown: what was there before and is not shown must not come up as new.
            _floorNanos = page.Records[^1].TimestampNanos + 1;
            Forget();
        }

        _started = true;
        return new TailBatch([.. page.Records.Reverse()], 0);
    }

    private async Task<SearchOutcome<TailBatch>> ContinueAsync(CancellationToken cancellation)
    {
        // A record from the future (a wrong clock) must not move the window past the present.
        long present = Math.Min(_newestNanos, NanoTime.FromInstant(time.GetUtcNow()));
        _floorNanos = Math.Max(_floorNanos, present - ((long)Lateness.TotalSeconds * NanoTime.NanosPerSecond));
        Forget();
        LogFilter window = _filter with { FromNanos = _floorNanos };
        SearchOutcome<LogCount> counted = await search.CountAsync(window, cancellation);
        if (!counted.TryGet(out LogCount? count, out SearchFailure? failure))
        {
            return failure;
        }

        long expected = count.Value - _seen.Count;
        var fresh = new List<LogRecord>();
        string? cursor = null;
        for (int pages = 0; pages < MaxPages && fresh.Count < expected; pages++)
        {
            SearchOutcome<LogResults> outcome = await search.SearchAsync(window, SearchOrder.NewestFirst, PageSize, cursor, cancellation);
            if (!outcome.TryGet(out LogResults? page, out failure))
            {
                return failure;
            }

            fresh.AddRange(page.Records.Where(record => !_seen.ContainsKey((record.Index, record.Id))));
            cursor = page.Next;
            if (cursor is null)
            {
                break;
            }
        }

        foreach (LogRecord record in fresh)
        {
            Remember(record);
        }

        long skipped = cursor is null ? 0 : Math.Max(0, expected - fresh.Count);
        if (skipped > 0)
        {
            _floorNanos = fresh.Count > 0 ? fresh[^1].TimestampNanos + 1 : _floorNanos;
            Forget();
        }

        fresh.Reverse();
        return new TailBatch(fresh, skipped);
    }

    private void Remember(LogRecord record)
    {
        _seen[(record.Index, record.Id)] = record.TimestampNanos;
        _newestNanos = Math.Max(_newestNanos, record.TimestampNanos);
    }

    private void Forget()
    {
        foreach (((string, string) key, long nanos) in _seen)
        {
            if (nanos < _floorNanos)
            {
                _seen.Remove(key);
            }
        }
    }
}
