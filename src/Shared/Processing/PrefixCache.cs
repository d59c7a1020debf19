using LogPipeline.Indexing;
using LogPipeline.Ledger;

namespace LogPipeline.Processing;

/// <summary>The encoded prefixes of one stream's documents: that of the last file and pin is at hand, others are made anew.</summary>
public sealed class PrefixCache(int restart)
{
    private DocumentPrefix? _last;
    private FileCheckpoint? _file;
    private long _from, _until;

    public DocumentPrefix For(FileCheckpoint file, long offsetBytes)
    {
        if (_last is not null && file == _file && offsetBytes >= _from && offsetBytes < _until) return _last;
        Pin pin = file.PinAt(offsetBytes);
        _file = file;
        _from = pin.FromOffsetBytes;
        _until = file.Pins.Find(later => later.FromOffsetBytes > offsetBytes)?.FromOffsetBytes ?? long.MaxValue;
        return _last = new DocumentPrefix(file.Id, pin, restart, file.Ordinal);
    }

    /// <summary>Drops what is kept: a pin was added, or the stream rests.</summary>
    public void Clear() => _last = null;
}
