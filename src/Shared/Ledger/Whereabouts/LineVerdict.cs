using LogPipeline.Ledger.Audit;

namespace LogPipeline.Ledger.Whereabouts;

/// <summary>Decides where a line is. Pure: what the store has goes before what the ledger says, and that before what the disk shows.</summary>
public static class LineVerdict
{
    public static LineFate Of(LineEvidence evidence)
    {
        if (evidence.HasDeadLetter) return LineFate.Rejected;
        if (evidence.HasRecord) return LineFate.Stored;
        return evidence.File is { } file ? OfKnown(evidence, file) : OfUnknown(evidence);
    }

    private static LineFate OfUnknown(LineEvidence evidence)
    {
        if (!evidence.FileOnDisk) return LineFate.Unknown;
        if (evidence.Unreadable) return LineFate.Unreadable;
        if (!evidence.ByteOnDisk) return LineFate.BehindTheEnd;
        if (!evidence.Named) return LineFate.NotNamed;
        return evidence.History ? LineFate.History : NotYet(evidence);
    }

    private static LineFate OfKnown(LineEvidence evidence, FileCheckpoint file)
    {
        long offset = evidence.OffsetBytes;
        // The only rule so far that drops is tailing.from: end, and what it drops is the beginning of the file.
        if (offset < file.DroppedBytes) return LineFate.Dropped;
        if (offset < evidence.DurableBytes) return Durable(evidence, file);
        if (file.Gap) return LineFate.Destroyed;
        if (offset >= file.SizeBytes && offset < file.SizeBytes + file.LostBytes) return LineFate.Destroyed;
        if (file.Complete) return evidence.ByteOnDisk ? LineFate.LeftBehind : LineFate.BehindTheEnd;
        if (evidence.ByteOnDisk) return evidence.Named || evidence.Running ? NotYet(evidence) : LineFate.NotNamed;
        if (evidence.FileOnDisk) return evidence.Unreadable ? LineFate.Unreadable : LineFate.BehindTheEnd;
        // The name is gone. A running pipeline may hold the file open; without one nothing can read it any more.
        if (evidence.Running) return NotYet(evidence);
        return offset < file.SizeBytes ? LineFate.Destroyed : LineFate.BehindTheEnd;
    }

    private static LineFate NotYet(LineEvidence evidence)
    {
        if (evidence.Unterminated) return LineFate.Unterminated;
        return evidence.Running && evidence.OffsetBytes < evidence.ReadToBytes ? LineFate.InFlight : LineFate.Unread;
    }

    private static LineFate Durable(LineEvidence evidence, FileCheckpoint file)
    {
        if (!evidence.StoreAnswers) return LineFate.Acknowledged;
        int range = RangeCount.IndexOf(evidence.OffsetBytes);
        // A line whose record began in the file before may stand in a range of which nothing was counted.
        RangeCount counted = range < file.Stored.Count ? file.Stored[range] : default;
        if (counted.Records == 0) return LineFate.Missing;
        return evidence.Indices?.Verdict(file, range, counted) switch
        {
            ExpiryVerdict.Deleted or ExpiryVerdict.InPart => LineFate.Expired,
            ExpiryVerdict.Closed => LineFate.Acknowledged,
            _ => LineFate.Missing,
        };
    }
}
