namespace LogPipeline.Indexing;

/// <summary>One document in a <see cref="BulkBody"/>: its action line and its source line.</summary>
public struct BulkItem
{
    /// <summary>Where the action line starts in the body.</summary>
    public int Start;

    /// <summary>Bytes of the action line, its newline included.</summary>
    public int ActionLength;

    /// <summary>Bytes of the source line, its newline included.</summary>
    public int SourceLength;

    /// <summary>Which of <see cref="BulkBody.Tickets"/> this document belongs to.</summary>
    public int Ticket;

    /// <summary>The record's bytes in the log files (<c>log.length</c>).</summary>
    public long RecordLengthBytes;

    /// <summary>The record's own time as stored in <c>@timestamp</c>, or <c>LogEntry.NoTimestamp</c> when it is not a function of the file's bytes and must not be compared.</summary>
    public long TimestampNanos;

    /// <summary>The day of its index, in days since the Unix epoch, UTC.</summary>
    public int IndexDay;

    /// <summary>The store has a record of another length under this id, and no record of these bytes can have that length: where it is met again, this one is kept as a dead letter.</summary>
    public bool IsCollision;

    /// <summary>The look-up before sending found something under this id.</summary>
    public bool WasFound;

    /// <summary>What became of it; <see cref="ItemOutcome.Unknown"/> until the body is completed.</summary>
    public ItemOutcome Outcome;

    /// <summary>With <see cref="ItemOutcome.Conflict"/>: the <c>log.length</c> that the store has under this id, or -1 when it is another record.</summary>
    public long StoredLengthBytes;
}
