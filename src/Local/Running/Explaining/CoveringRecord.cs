using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Local.Running.Auditing;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Running.Explaining;

/// <summary>
/// Finds the record that covers a byte. stdout and stderr interleave and a record's length counts its own bytes only, so that where the file is on disk
/// its lines are counted; where it is gone, a record that ends behind the byte by its length, or the nearest one before it, is taken.
/// </summary>
internal sealed class CoveringRecord(RecordFinder finder, LinePlace place, PositionLedger? ledger)
{
    /// <summary>Null when the store has none. Throws <see cref="IOException"/> when it cannot be asked.</summary>
    /// <param name="id">What was asked for by its id, which need not be one of this ledger's files.</param>
    /// <param name="stop">Cancels.</param>
    public async Task<Covering?> FindAsync(string? id, CancellationToken stop)
    {
        if (id is not null)
        {
            (FoundRecord? record, FoundRecord? letter) = await finder.WithIdAsync(id, stop);
            return record is not null ? new Covering(record, false, null) : letter is not null ? new Covering(letter, true, null) : null;
        }
        (string field, string name) = place.File is { } file ? (LogFields.FileId, file.Id.ToString()) : (LogFields.FilePath, place.Path);
        // Of a file that is on disk and unknown, what was stored under its name was another one's.
        if (place.File is null && place.OnDisk) return null;
        FoundRecord? dead = (await finder.DeadLettersAsync(field, name, place.OffsetBytes, stop)).Find(letter => Covers(place, letter, lane: null));
        List<FoundRecord> candidates = await finder.RecordsAsync(field, name, place.OffsetBytes, place.Line?.Lane, stop);
        FoundRecord? stored = place.Line is { } line
            ? candidates.Take(1).FirstOrDefault(record => Covers(place, record, line.Lane))
            : candidates.Find(record => record.OffsetBytes + record.LengthBytes > place.OffsetBytes) ?? NearestDurable(candidates);
        if (dead is not null && (stored is null || dead.OffsetBytes >= stored.OffsetBytes)) return new Covering(dead, true, null);
        if (stored is not null) return new Covering(stored, false, null);
        return await FindInFileBeforeAsync(stop);
    }

    private FoundRecord? NearestDurable(List<FoundRecord> candidates) =>
        place.File is { } file && place.OffsetBytes < file.ResumeOffsetBytes ? candidates.FirstOrDefault() : null;

    // A line at the beginning of a file may belong to a record that began at the end of the one before.
    private async Task<Covering?> FindInFileBeforeAsync(CancellationToken stop)
    {
        if (place.File is not { } file || place.Line is not { } line || ledger is null) return null;
        FileCheckpoint? before = ledger.OfStream(file.StreamKey).LastOrDefault(other => other.Ordinal < file.Ordinal);
        if (before is null) return null;
        FoundRecord? last = (await finder.RecordsAsync(LogFields.FileId, before.Id.ToString(), long.MaxValue, line.Lane, stop)).FirstOrDefault();
        if (last is null) return null;
        long inHere = LaneBytes(place.Path, place.Listed?.File.Compressed ?? false, FormatAt(file, 0), line.Lane, 0, line.OffsetBytes, last.LengthBytes);
        ListedFile? present = place.AllListed.FirstOrDefault(listed => listed.Known?.Id == before.Id);
        long inThere = present is null
            ? before.SizeBytes - last.OffsetBytes
            : LaneBytes(present.File.Path, present.File.Compressed, FormatAt(before, last.OffsetBytes), line.Lane, last.OffsetBytes, long.MaxValue, last.LengthBytes);
        return inThere + inHere < last.LengthBytes ? new Covering(last, false, before) : null;
    }

    private static bool Covers(LinePlace place, FoundRecord record, SubStream? lane)
    {
        if (record.OffsetBytes + record.LengthBytes > place.OffsetBytes) return lane is not null || BeginsInLaneOf(place, record);
        if (place.Line is not { } line || place.File is not { } file || line.OffsetBytes <= record.OffsetBytes) return false;
        bool compressed = place.Listed?.File.Compressed ?? false;
        LogFormat format = FormatAt(file, record.OffsetBytes);
        // Plain files have one sub-stream: the length is exact.
        if (format == LogFormat.Plain || (lane is null && !BeginsInLaneOf(place, record))) return false;
        return LaneBytes(place.Path, compressed, format, line.Lane, record.OffsetBytes, line.OffsetBytes, record.LengthBytes) < record.LengthBytes;
    }

    private static bool BeginsInLaneOf(LinePlace place, FoundRecord record)
    {
        if (place.Line is not { } line) return true;
        if (record.OffsetBytes == line.OffsetBytes) return true;
        try
        {
            using ILogFileHandle handle = LinePlace.Open(place.Path, place.Listed?.File.Compressed ?? false);
            return LineOnDisk.Read(handle, place.File is { } file ? FormatAt(file, record.OffsetBytes) : LogFormat.Plain, record.OffsetBytes)?.Lane == line.Lane;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Deleted meanwhile: by its length it is the one.
            return true;
        }
    }

    private static long LaneBytes(string path, bool compressed, LogFormat format, SubStream lane, long from, long to, long most)
    {
        using ILogFileHandle handle = LinePlace.Open(path, compressed);
        return LineOnDisk.LaneBytes(handle, format, lane, from, to, most);
    }

    private static LogFormat FormatAt(FileCheckpoint file, long offset) => file.PinAt(offset).Format;
}
