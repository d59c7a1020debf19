namespace LogPipeline.Local.Store.Search;

/// <summary>The first so many hits in the order of the sort keys, then of the indices and the documents in them. Not thread-safe.</summary>
internal sealed class TopHits(SortKey[] keys, int capacity)
{
    private readonly PriorityQueue<Hit, Hit> _worstFirst = new(Comparer<Hit>.Create((a, b) => Compare(keys, b, a)));

    public int Count => _worstFirst.Count;

    public bool IsFull => _worstFirst.Count >= capacity;

    /// <summary>The last of them; they are full.</summary>
    public Hit Worst => _worstFirst.Peek();

    public void Add(Hit hit)
    {
        if (capacity == 0) return;
        if (!IsFull) _worstFirst.Enqueue(hit, hit);
        else if (Compare(keys, hit, Worst) < 0) _worstFirst.EnqueueDequeue(hit, hit);
    }

    public void Merge(TopHits other)
    {
        foreach ((Hit hit, _) in other._worstFirst.UnorderedItems) Add(hit);
    }

    public Hit[] InOrder()
    {
        Hit[] hits = [.. _worstFirst.UnorderedItems.Select(item => item.Element)];
        Array.Sort(hits, (a, b) => Compare(keys, a, b));
        return hits;
    }

    /// <summary>The order by the keys alone.</summary>
    public static int CompareValues(SortKey[] keys, ReadOnlySpan<SortValue> a, ReadOnlySpan<SortValue> b)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            int order = keys[i].Compare(a[i], b[i]);
            if (order != 0) return order;
        }

        return 0;
    }

    private static int Compare(SortKey[] keys, Hit a, Hit b)
    {
        int order = CompareValues(keys, a.Values, b.Values);
        if (order == 0) order = a.Source.CompareTo(b.Source);
        return order != 0 ? order : a.Sequence.CompareTo(b.Sequence);
    }
}
