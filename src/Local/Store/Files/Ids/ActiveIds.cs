using System.Buffers;

namespace LogPipeline.Local.Store.Files.Ids;

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

    /// <summary>Adds all entries to the table of the segment, which is being sealed. Throws <see cref="IOException"/>.</summary>
    public void WriteTo(IdTableWriter table)
    {
        int count = 0, all = Count;
        ulong[] hashes = ArrayPool<ulong>.Shared.Rent(all);
        int[] positions = ArrayPool<int>.Shared.Rent(all);
        try
        {
            foreach ((ulong hash, int position) in _positions) (hashes[count], positions[count++]) = (hash, position);
            foreach ((ulong hash, int position) in _colliding ?? []) (hashes[count], positions[count++]) = (hash, position);
            hashes.AsSpan(0, all).Sort(positions.AsSpan(0, all));
            for (int i = 0; i < all; i++) table.Add(hashes[i], positions[i]);
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(hashes);
            ArrayPool<int>.Shared.Return(positions);
        }
    }
}
