using LogPipeline.Tailing;

namespace LogPipeline.Joining;

/// <summary>Records that the store already has, by where they begin: whatever the rule says, they end where the stored ones do.</summary>
internal sealed class StoredExtents
{
    /// <summary>A longer extent is not believed: no limit allows such a record, and its entries would have to be held in memory.</summary>
    private const long MaxExtentBytes = 64L << 20;

    private readonly Dictionary<StreamPosition, long> _lengths = [];
    private StreamPosition _last = new(long.MinValue, 0);
    private long _left;

    /// <summary>Entries are being gathered for an extent.</summary>
    public bool IsInside { get; private set; }

    public void Add(StreamPosition start, long sourceLengthBytes)
    {
        if (sourceLengthBytes is <= 0 or > MaxExtentBytes) return;
        _lengths[start] = sourceLengthBytes;
        if (start > _last) _last = start;
    }

    public bool Contains(StreamPosition start) => _lengths.ContainsKey(start);

    public void Enter(StreamPosition start)
    {
        _lengths.Remove(start, out _left);
        IsInside = true;
    }

    /// <summary>Takes an entry into the extent: positive when more are to come, 0 when it is complete, negative when it was overstepped.</summary>
    public int Advance(long sourceLengthBytes) => Math.Sign(_left -= sourceLengthBytes);

    /// <summary>Source bytes of the extent that have not come.</summary>
    public long LeftBytes => _left;

    public void Leave() => IsInside = false;

    /// <summary>No extent begins at or after this position: there is nothing left to expect.</summary>
    public bool IsSpent(StreamPosition position) => position > _last;
}
