using LogPipeline.Tailing;
using LogPipeline.Tenancy;

namespace LogPipeline.Ledger.Audit;

/// <summary>
/// Compares what the ledger counted with what the store and the disk hold, by count and summed length per file and range of 16 MiB. Equal totals are
/// what is proven: not the texts, and not that two errors in one range do not cancel out (a deep audit sees those: <see cref="StreamTiling"/>).
/// </summary>
public sealed class LedgerAudit
{
    private readonly AuditEvidence _evidence;
    private readonly List<AuditFinding> _findings = [];
    private StoreCount _stored, _inFlight, _deadLetters, _expired;
    private long _unread, _lost;
    private int _gaps;

    private LedgerAudit(AuditEvidence evidence) => _evidence = evidence;

    public static AuditReport Compare(AuditEvidence evidence) => new LedgerAudit(evidence).Run();

    private AuditReport Run()
    {
        foreach (FileCheckpoint file in _evidence.Files)
        {
            StoredFile stored = _evidence.Stored.GetValueOrDefault(file.Id, StoredFile.Nothing);
            CompareStored(file, stored);
            CompareDeadLetters(file, stored);
            ReportLoss(file, stored.InFlight);
        }
        foreach (IGrouping<string, FileCheckpoint> stream in _evidence.Files.GroupBy(file => file.StreamKey)) Account(stream);
        CompareDisk();
        return new AuditReport(AuditReport.Ordered(_findings), new AuditTotals
        {
            LedgerFiles = _evidence.Files.Count, DiskFiles = _evidence.Disk.Count, DiskBytes = _evidence.Disk.Sum(file => file.SizeBytes), Stored = _stored, InFlight = _inFlight,
            DeadLetters = _deadLetters, Expired = _expired, DroppedBytes = _evidence.Files.Sum(file => file.DroppedBytes), LostBytes = _lost, Gaps = _gaps, UnreadBytes = _unread,
        });
    }

    private void CompareStored(FileCheckpoint file, StoredFile stored)
    {
        int ranges = Math.Max(file.Stored.Count, stored.Durable.Keys.DefaultIfEmpty(-1).Max() + 1);
        for (int range = 0; range < ranges; range++)
        {
            RangeCount counted = range < file.Stored.Count ? file.Stored[range] : default;
            StoreCount found = stored.Durable.GetValueOrDefault(range), difference = found - new StoreCount(counted.Records, counted.Bytes);
            _stored += found;
            if (difference == default) continue;
            if (difference.Records > 0) Add(AuditFindingKind.Double, file, range, difference, $"{found.Records} stored, {counted.Records} counted");
            else if (difference.Records == 0) Add(AuditFindingKind.Different, file, range, new(0, difference.Bytes), $"{found.Records} records have {found.Bytes} bytes, {counted.Bytes} were counted");
            else ReportAbsent(file, range, new(-difference.Records, -difference.Bytes), counted, "", AuditFindingKind.Missing);
        }
        // What is stored behind a gap stays uncounted for good; the gap's finding tells of it.
        if (stored.InFlight.Records == 0 || file.Gap) return;
        _inFlight += stored.InFlight;
        Add(AuditFindingKind.InFlight, file, null, stored.InFlight, "");
    }

    private void CompareDeadLetters(FileCheckpoint file, StoredFile stored)
    {
        StoreCount kept = default;
        for (int range = 0; range < file.DeadLettered.Count; range++)
        {
            RangeCount counted = file.DeadLettered[range];
            if (counted.Records == 0) continue;
            StoreCount found = stored.DeadLetters.GetValueOrDefault(range);
            _deadLetters += new StoreCount(counted.Records, counted.Bytes);
            kept += new StoreCount(counted.Records, counted.Bytes);
            if (found.Records >= counted.Records) continue;
            StoreCount absent = new(counted.Records - found.Records, Math.Max(0, counted.Bytes - found.Bytes));
            kept -= absent;
            ReportAbsent(file, range, absent, counted, IndexPattern.DeadLetterPrefix, AuditFindingKind.DeadLetterMissing);
        }
        if (kept.Records > 0) Add(AuditFindingKind.Rejected, file, null, kept, "");
    }

    private void ReportAbsent(FileCheckpoint file, int range, StoreCount absent, in RangeCount counted, string prefix, AuditFindingKind otherwise)
    {
        ExpiryVerdict verdict = _evidence.Indices.Verdict(file, range, counted, prefix);
        string indices = ExistingIndices.Describe(file, range, counted, prefix);
        if (verdict is ExpiryVerdict.Deleted or ExpiryVerdict.InPart) _expired += absent;
        switch (verdict)
        {
            case ExpiryVerdict.Deleted:
                Add(AuditFindingKind.Expired, file, range, absent, $"{indices} deleted");
                break;
            case ExpiryVerdict.InPart:
                Add(AuditFindingKind.ExpiredInPart, file, range, absent, $"{indices} deleted in part");
                break;
            case ExpiryVerdict.Closed:
                Add(AuditFindingKind.Closed, file, range, absent, $"one of {indices} is closed: whether they are there is not known");
                break;
            default:
                Add(otherwise, file, range, absent, $"not in {indices}: {counted.Records - absent.Records} of {counted.Records} are there");
                break;
        }
    }

    private void ReportLoss(FileCheckpoint file, StoreCount behind)
    {
        if (file.LostBytes > 0)
        {
            _lost += file.LostBytes;
            Add(AuditFindingKind.Lost, file, null, new(0, file.LostBytes), "destroyed before they were read");
        }
        if (!file.Gap && !_evidence.Gone.Contains(file.Id)) return;
        long seen = Math.Max(0, file.SizeBytes - file.ResumeOffsetBytes);
        if (!file.Gap && seen == 0) return;
        _gaps++;
        Add(AuditFindingKind.Gap, file, RangeCount.IndexOf(file.ResumeOffsetBytes), new(0, seen), $"destroyed behind offset {file.ResumeOffsetBytes} while nothing read it; at least so many bytes{(behind.Records > 0 ? $", of which {behind.Records} records of {behind.Bytes} bytes are stored" : "")}");
    }

    // What was counted must be what lies behind the durable positions. A record is counted in the file where it begins and may go on in the next, so that this holds for streams only.
    private void Account(IGrouping<string, FileCheckpoint> stream)
    {
        DurableExtent durable = default;
        long accounted = 0;
        foreach (FileCheckpoint file in stream)
        {
            durable += DurableExtent.Of(file);
            accounted += file.Stored.Sum(range => range.Bytes) + file.DeadLettered.Sum(range => range.Bytes) + file.DroppedBytes;
        }
        if (accounted >= durable.AtLeastBytes && accounted <= durable.AtMostBytes) return;
        string bound = durable.AtLeastBytes == durable.AtMostBytes ? $"{durable.AtLeastBytes}" : $"{durable.AtLeastBytes} to {durable.AtMostBytes}";
        long off = accounted < durable.AtLeastBytes ? durable.AtLeastBytes - accounted : accounted - durable.AtMostBytes;
        _findings.Add(new AuditFinding { Kind = AuditFindingKind.Unaccounted, Path = stream.Key, Bytes = off, Detail = $"{accounted} bytes are accounted for, {bound} lie behind the durable positions" });
    }

    private void CompareDisk()
    {
        var files = _evidence.Files.ToDictionary(file => file.Id);
        var seen = new HashSet<FileId>();
        // The plain one first, where a file and its compressed copy are both there.
        foreach (DiskFile disk in _evidence.Disk.OrderBy(file => file.Compressed))
        {
            if (disk.File is not { } id || !files.TryGetValue(id, out FileCheckpoint? file)) ReportUnread(disk, null, disk.SizeBytes, disk.Compressed ? "compressed; the ledger does not know it" : "the ledger does not know it");
            else if (!seen.Add(id)) continue;
            else if (disk.Compressed) ReportUnread(disk, file, file.Complete ? 0 : file.SizeBytes - DurableExtent.Of(file).AtLeastBytes, "at least; compressed");
            else if (!file.Complete) ReportUnread(disk, file, disk.SizeBytes - DurableExtent.Of(file).AtLeastBytes, "");
            else if (disk.SizeBytes > file.SizeBytes)
            {
                _lost += disk.SizeBytes - file.SizeBytes;
                Add(AuditFindingKind.Lost, file, RangeCount.IndexOf(file.SizeBytes), new(0, disk.SizeBytes - file.SizeBytes), $"written behind offset {file.SizeBytes} after the file was left for its successor; still on disk");
            }
        }
    }

    private void ReportUnread(DiskFile disk, FileCheckpoint? file, long bytes, string detail)
    {
        if (bytes <= 0) return;
        _unread += bytes;
        _findings.Add(new AuditFinding
        {
            Kind = AuditFindingKind.Unread, Path = disk.Path, File = file?.Id, Bytes = bytes, Detail = detail,
            Range = disk.Compressed ? null : RangeCount.IndexOf(disk.SizeBytes - bytes),
        });
    }

    private void Add(AuditFindingKind kind, FileCheckpoint file, int? range, StoreCount count, string detail) =>
        _findings.Add(new AuditFinding { Kind = kind, Path = file.Path, File = file.Id, Range = range, Records = count.Records, Bytes = count.Bytes, Detail = detail });
}
