using System.Text.Json;
using LogPipeline.Local.Store.Aggregations;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Indices;
using LogPipeline.Local.Store.Queries;
using LogPipeline.Local.Store.Totals;

namespace LogPipeline.Local.Store.Search;

/// <summary>
/// Runs a search: leaves out the blocks whose summaries exclude a match, orders the rest by time where the sort asks for it, and looks
/// at them on several threads until nothing more can change the answer.
/// </summary>
internal static class SearchExecutor
{
    private const int MaxWorkers = 4;
    private const int BlocksPerWorker = 4;

    /// <summary>Prepares an index for a search. Throws <see cref="OpenSearchException"/>.</summary>
    public static SearchSource Prepare(IndexSnapshot snapshot, SearchRequest request, AggregationPlan? plan, DateMath dates)
    {
        StoreIndex index = snapshot.Index;
        var parser = new QueryParser(index.Mapping, dates, index.Name);
        Query query = request.QueryText is { } text ? new QueryStringParser(parser, text, [parser.Field("*")], defaultAnd: false).Parse()
            : request.Query.ValueKind == JsonValueKind.Undefined ? ConstantQuery.All
            : parser.Parse(request.Query);
        SortReader[] sort = [.. request.Sort.Select(key => new SortReader(key, index.Mapping, index.Name))];
        var fields = new AggregationFields(plan, parser);
        bool takesTotals = request.From + request.Size == 0 && plan is not null && index.Replaced.IsEmpty && query.IsDecidedBy(ExtentFields.FileId) && plan.Create().TakesTotals(fields);
        return new SearchSource(snapshot, query, sort, ReadAfter(request, sort, index.Name), fields) { TakesTotals = takesTotals };
    }

    /// <summary>Throws <see cref="OpenSearchException"/>, <see cref="IOException"/> or <see cref="OperationCanceledException"/>.</summary>
    public static SearchResult Run(SearchSource[] sources, SearchRequest request, AggregationPlan? plan, CancellationToken cancellation)
    {
        SearchBlock[] blocks = Plan(sources, request);
        var progress = new SearchProgress(request.TrackedHits);
        int workers = Math.Clamp(blocks.Length / BlocksPerWorker, 1, Math.Min(Environment.ProcessorCount, MaxWorkers));
        var results = new SearchWorker[workers];
        for (int i = 0; i < workers; i++) results[i] = new SearchWorker(request, sources, progress, plan?.Create());
        try
        {
            if (workers == 1) Work(results[0]);
            else Parallel.ForEach(results, new ParallelOptions { MaxDegreeOfParallelism = workers }, Work);
        }
        catch (AggregateException e) when (e.Flatten().InnerException is OpenSearchException or IOException or OperationCanceledException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.Flatten().InnerException!);
        }
        finally
        {
            foreach (SearchWorker worker in results) worker.Dispose();
        }

        for (int i = 1; i < workers; i++)
        {
            results[0].Hits.Merge(results[i].Hits);
            results[0].Aggregations?.Merge(results[i].Aggregations!);
        }

        bool isExact = progress.Total <= request.TrackedHits;
        return new SearchResult(results[0].Hits.InOrder(), Math.Min(progress.Total, request.TrackedHits), isExact, progress.Damaged, results[0].Aggregations);

        void Work(SearchWorker worker)
        {
            for (int next = progress.Next(); next < blocks.Length; next = progress.Next())
            {
                cancellation.ThrowIfCancellationRequested();
                if (!worker.Look(blocks[next])) return;
            }
        }
    }

    private static SearchBlock[] Plan(SearchSource[] sources, SearchRequest request)
    {
        bool isOrdered = request.Sort.Length == 0 || request.Sort[0].IsTimestamp && !request.Sort[0].MissingFirst;
        var blocks = new List<SearchBlock>();
        for (int i = 0; i < sources.Length; i++)
        {
            IndexSnapshot snapshot = sources[i].Snapshot;
            for (int s = 0; s < snapshot.Segments.Length; s++)
            {
                foreach (ref readonly SegmentBlock block in snapshot.Blocks(s).Span)
                {
                    BlockMatch match = sources[i].Query.Check(block.Summary);
                    if (match != BlockMatch.None) blocks.Add(new SearchBlock(i, snapshot.Segments[s], block, match, isOrdered));
                }
            }
        }

        if (isOrdered && request.Sort.Length > 0)
        {
            bool descending = request.Sort[0].Descending;
            blocks.Sort((a, b) => descending
                ? b.Block.Summary.MaxTimestamp.CompareTo(a.Block.Summary.MaxTimestamp)
                : a.Block.Summary.MinTimestamp.CompareTo(b.Block.Summary.MinTimestamp));
        }

        return [.. blocks];
    }

    private static SortValue[]? ReadAfter(SearchRequest request, SortReader[] sort, string index)
    {
        if (request.SearchAfter.ValueKind == JsonValueKind.Undefined) return null;
        if (request.From > 0)
        {
            throw new OpenSearchException(new OpenSearchError(500, "search_exception", "`from` parameter must be set to 0 when `search_after` is used.") { FailedSearchOf = index });
        }

        JsonElement[] values = request.SearchAfter.ValueKind == JsonValueKind.Array ? [.. request.SearchAfter.EnumerateArray()] : [];
        if (sort.Length == 0) throw new OpenSearchException(OpenSearchError.IllegalArgument("Sort must contain at least one field.") with { FailedSearchOf = index });
        if (values.Length != sort.Length)
        {
            throw new OpenSearchException(OpenSearchError.IllegalArgument($"search_after has {values.Length} value(s) but sort has {sort.Length}.") with { FailedSearchOf = index });
        }

        return [.. values.Select((value, i) => sort[i].ReadAfter(value))];
    }
}
