using LogPipeline.Formats;

namespace LogPipeline.Indexing.Verdicts;

/// <summary>Compares what is stored under an id with the record that should be (docs/exactly-once.md). Pure.</summary>
public static class ExtentComparison
{
    /// <summary>
    /// A record's timestamp is that of its first line, which its id points at: with another timestamp it is another record whatever
    /// its length, and taking its length for ours would skip bytes that are stored nowhere.
    /// </summary>
    public static ExtentMatch Of(in BulkItem item, in StoredRecord stored)
    {
        if (stored.LengthBytes < 0) return ExtentMatch.OtherRecord;
        bool timed = item.TimestampNanos != LogEntry.NoTimestamp;
        if (timed && stored.TimestampNanos != item.TimestampNanos) return ExtentMatch.OtherRecord;
        return stored.LengthBytes == item.RecordLengthBytes ? ExtentMatch.Same : ExtentMatch.OtherLength;
    }
}
