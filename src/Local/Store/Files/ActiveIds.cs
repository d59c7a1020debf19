namespace LogPipeline.Local.Store.Files;

/// <summary>The ids of a segment that is still written: hash to the position of the document in the segment. Guarded by its index's lock.</summary>
internal sealed class ActiveIds
{
    private readonly Dictionary<ulong, int> _positions = [];
    private List<(ulong Hash, int Position)>? _colliding;

    public int Count => _positions.Count + (_colliding?.Count ?? 0);

    /// <summary>Positions of documents whose ids have this hash, the newest first; usually none or one.</summary>
    public void Find(ulong hash, List<int> positions)
    {
        positions.Clear();
        if (_positions.TryGetValue(hash, out int position)) positions.Add(position);
        if (_colliding is null) return;
        foreach ((ulong other, int colliding) in _colliding)
        {
            if (other == hash) positions.Add(colliding);
        }

        positions.Sort((a, b) => b.CompareTo(a));
    }

    public void Add(ulong hash, int position)
    {
        if (!_positions.TryAdd(hash, position)) (_colliding ??= []).Add((hash, position));
    }

    /// <summary>Takes back an <see cref="Add"/>: the document could not be written.</summary>
    public void Remove(ulong hash, int position)
    {
        if (_positions.TryGetValue(hash, out int known) && known == position) _positions.Remove(hash);
        else _colliding?.Remove((hash, position));
    }

    /// <summary>All entries, sorted by hash, as a sealed segment stores them.</summary>
    public void CopySorted(Span<ulong> hashes, Span<int> positions)
    {
        int count = 0;
        foreach ((ulong hash, int position) in _positions)
        {
            hashes[count] = hash;
            positions[count++] = position;
        }

        foreach ((ulong hash, int position) in _colliding ?? [])
        {
            hashes[count] = hash;
            positions[count++] = position;
        }

        hashes.Sort(positions);
    }
}
