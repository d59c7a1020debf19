using LogPipeline.Formats;
using LogPipeline.Indexing;

namespace LogPipeline.Ledger.Audit;

/// <summary>
/// Checks that the stored records of one stream tile it: no place twice, no two records over the same bytes, no byte before the durable position
/// that no record covers. Fed with the files in the order in which they were written and, of each, every record by offset.
/// <para>
/// stdout and stderr interleave, and a record's length counts its own bytes only: within a sub-stream an overlap is certain when a record begins
/// before the last one's offset and length; a hole is certain where the lengths of all records that begin before a place add up to less than what lies
/// before it. What precedes the stream's first record is not judged: it may belong to a file that the ledger has forgotten.
/// </para>
/// </summary>
public sealed class StreamTiling(ExistingIndices indices)
{
    /// <summary>Findings of one file that are told one by one; the rest is counted.</summary>
    private const int MaxFindingsPerFile = 100;

    private readonly List<AuditFinding> _findings = [];
    private readonly long[] _laneEnds = new long[FileCheckpoint.Lanes];
    private readonly StoredRecord?[] _laneLast = new StoredRecord?[FileCheckpoint.Lanes];
    private FileCheckpoint? _file;
    private StoredRecord? _last;
    private long? _covered;
    private int _findingsBefore, _untold;
    private bool _complete = true;

    public IReadOnlyList<AuditFinding> Findings => _findings;

    public void BeginFile(FileCheckpoint file)
    {
        _file = file;
        _last = null;
        _findingsBefore = _findings.Count;
        _untold = 0;
    }

    /// <summary>A record of the file, dead letters among the others; those behind the durable position are passed over.</summary>
    public void Add(in StoredRecord record)
    {
        FileCheckpoint file = _file!;
        if (!record.IsDeadLetter && record.OffsetBytes >= file[record.Lane].OffsetBytes) return;
        if (!record.IsDeadLetter && RecordId.Format(file.Id, record.OffsetBytes) != record.Id)
            Tell(AuditFindingKind.ForeignId, record.OffsetBytes, 1, record.LengthBytes, $"{record.Id} in {record.Index} stands at offset {record.OffsetBytes}");
        if (_last is { } last && last.OffsetBytes == record.OffsetBytes)
        {
            // A dead letter beside a document of the same id tells that the id was another record's: no copy.
            if (!record.IsDeadLetter && !last.IsDeadLetter) Tell(AuditFindingKind.Double, record.OffsetBytes, 1, record.LengthBytes, $"{record.Id} is in {last.Index} and in {record.Index}");
            return;
        }
        _last = record;
        CheckHole(record.OffsetBytes);
        _covered += record.LengthBytes;
        if (record.IsDeadLetter) return;
        int lane = (int)record.Lane;
        if (record.OffsetBytes < _laneEnds[lane])
            Tell(AuditFindingKind.Overlap, record.OffsetBytes, 1, _laneEnds[lane] - record.OffsetBytes, $"{_laneLast[lane]?.Id} covers bytes to {_laneEnds[lane]}, {record.Id} begins at {record.OffsetBytes}");
        _laneEnds[lane] = Math.Max(_laneEnds[lane], record.OffsetBytes + record.LengthBytes);
        _laneLast[lane] = record;
    }

    public void EndFile()
    {
        FileCheckpoint file = _file!;
        bool whole = file.Complete && !file.Gap;
        CheckHole(whole ? file.SizeBytes : file.ResumeOffsetBytes, atEnd: true);
        if (_untold > 0) _findings.Add(new AuditFinding { Kind = AuditFindingKind.Different, Path = file.Path, File = file.Id, Records = _untold, Detail = $"{_untold} more findings in this file" });
        // What a record covers beyond the file lies in the next one.
        _covered = whole ? _covered - file.SizeBytes : null;
        for (int lane = 0; lane < _laneEnds.Length; lane++) _laneEnds[lane] = whole ? Math.Max(0, _laneEnds[lane] - file.SizeBytes) : 0;
        _complete &= file.Complete;
        _file = null;
    }

    private void CheckHole(long before, bool atEnd = false)
    {
        FileCheckpoint file = _file!;
        // Behind an incomplete file, and behind the smallest resume point, bytes may belong to a record that is open.
        if (!_complete || (before > file.ResumeOffsetBytes && !(file.Complete && !file.Gap))) return;
        if (_covered is null && atEnd) return;
        _covered ??= before;
        if (_covered >= before) return;
        long missing = before - _covered.Value;
        _covered = before;
        int range = RangeCount.IndexOf(before - missing);
        if (range < file.Stored.Count && indices.Verdict(file, range, file.Stored[range]) != ExpiryVerdict.Kept) return;
        Tell(AuditFindingKind.Hole, before - missing, 0, missing, $"nothing stored covers {missing} bytes before offset {before}");
    }

    private void Tell(AuditFindingKind kind, long offset, long records, long bytes, string detail)
    {
        if (_findings.Count - _findingsBefore >= MaxFindingsPerFile)
        {
            _untold++;
            return;
        }
        _findings.Add(new AuditFinding { Kind = kind, Path = _file!.Path, File = _file.Id, Range = RangeCount.IndexOf(offset), Records = records, Bytes = bytes, Detail = detail });
    }
}
