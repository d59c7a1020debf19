using System.Buffers;
using LogPipeline.Local.Store.Aggregations;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Queries;
using LogPipeline.Local.Store.Totals;

namespace LogPipeline.Local.Store.Search;

/// <summary>Looks at blocks, one after another, with its own buffers and its own results. Not thread-safe.</summary>
internal sealed class SearchWorker(SearchRequest request, SearchSource[] sources, SearchProgress progress, AggregationSet? aggregations) : IDisposable
{
    private readonly CandidateDocument _document = new();
    private readonly TotalDocument _total = new();
    private readonly SortValue[] _values = new SortValue[request.Sort.Length];
    private byte[] _raw = ArrayPool<byte>.Shared.Rent(BlockFrame.TargetRawLength);

    public TopHits Hits { get; } = new(request.Sort, request.From + request.Size);

    public AggregationSet? Aggregations => aggregations;

    /// <summary>False when nothing that comes after this block, in the order of the work, can change the answer. Throws <see cref="IOException"/>.</summary>
    public bool Look(in SearchBlock work)
    {
        SearchSource source = sources[work.Source];
        bool canHit = CanHit(work, source, out bool isBeyond);
        if (!canHit && !progress.Counts && aggregations is null) return !(isBeyond && work.IsOrdered);
        if (!canHit && aggregations is null && work.Match == BlockMatch.All && source.Snapshot.Index.Replaced.IsEmpty)
        {
            progress.Add(work.Block.Summary.DocumentCount);
            return true;
        }

        if (source.TakesTotals && work.Block.Summary.Totals.Length > 0) AddTotals(work, source);
        else Scan(work, source, canHit);
        return true;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_raw);

    /// <summary>
    /// Whether a document of the block could be among the hits, by the block's times. <paramref name="isBeyond"/>: it could not because
    /// all that are wanted come before it, and so before every block that is ordered behind it.
    /// </summary>
    private bool CanHit(in SearchBlock work, SearchSource source, out bool isBeyond)
    {
        isBeyond = false;
        if (request.Sort.Length == 0 || request.From + request.Size == 0)
        {
            isBeyond = Hits.IsFull;
            return !isBeyond;
        }

        if (!request.Sort[0].IsTimestamp || work.Block.Summary.MinTimestamp == Timestamps.None) return true;
        SortKey key = request.Sort[0];
        long unit = source.Sort[0].NanosPerUnit;
        SortValue earliest = SortValue.From(work.Block.Summary.MinTimestamp / unit * unit), latest = SortValue.From(work.Block.Summary.MaxTimestamp / unit * unit);
        (SortValue first, SortValue last) = key.Descending ? (latest, earliest) : (earliest, latest);
        isBeyond = Hits.IsFull && key.Compare(first, Hits.Worst.Values[0]) > 0;
        bool isBefore = source.After is { } after && key.Compare(last, after[0]) < 0;
        return !isBeyond && !isBefore;
    }

    // What is on disk is still compared with its checksum: a damaged block counts for nothing.
    private void AddTotals(in SearchBlock work, SearchSource source)
    {
        if (!work.Segment.IsIntact(work.Block))
        {
            progress.AddDamaged();
            return;
        }

        var totals = new BlockTotals(work.Block.Summary.Totals);
        int matching = 0;
        while (totals.MoveNext())
        {
            _total.MoveTo(totals);
            if (work.Match != BlockMatch.All && !source.Query.Matches(_total.Document)) continue;
            matching += totals.Documents;
            aggregations?.Collect(_total.Document, source.Fields);
        }

        progress.Add(matching);
    }

    private void Scan(in SearchBlock work, SearchSource source, bool canHit)
    {
        SegmentBlock block = work.Block;
        if (_raw.Length < block.Frame.RawLength)
        {
            ArrayPool<byte>.Shared.Return(_raw);
            _raw = ArrayPool<byte>.Shared.Rent(block.Frame.RawLength);
        }

        Span<byte> raw = _raw.AsSpan(0, block.Frame.RawLength);
        if (!work.Segment.ReadBlock(block, raw))
        {
            progress.AddDamaged();
            return;
        }

        var replaced = source.Snapshot.Index.Replaced;
        bool anyReplaced = !replaced.IsEmpty;
        var records = new BlockRecords(raw);
        long sequence = block.Summary.FirstSequence - 1;
        int matching = 0;
        while (records.MoveNext())
        {
            sequence++;
            if (anyReplaced && replaced.ContainsKey(sequence)) continue;
            if (work.Match != BlockMatch.All)
            {
                if (!source.Query.MayMatch(records.Source) && records.Source.IndexOf("\\u"u8) < 0) continue;
                _document.MoveTo(_raw, records, sequence);
                if (!source.Query.Matches(_document)) continue;
            }
            else
            {
                _document.MoveTo(_raw, records, sequence);
            }

            matching++;
            if (canHit) Offer(work, source);
            aggregations?.Collect(_document, source.Fields);
        }

        progress.Add(matching);
    }

    private void Offer(in SearchBlock work, SearchSource source)
    {
        SortKey[] keys = request.Sort;
        for (int i = 0; i < keys.Length; i++)
        {
            _values[i] = source.Sort[i].Read(_document);
            // Most documents lose by their first key, and none of the others is read.
            if (i == 0 && Hits.IsFull && keys[0].Compare(_values[0], Hits.Worst.Values[0]) > 0) return;
        }

        if (source.After is { } after && TopHits.CompareValues(keys, _values, after) <= 0) return;
        Hits.Add(new Hit(work.Source, work.Segment, _document.Sequence, [.. _values]));
    }
}
