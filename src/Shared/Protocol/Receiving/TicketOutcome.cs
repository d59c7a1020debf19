using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Receiving;

/// <summary>What a completed body says of one ticket: a value, so that the body's buffers can be returned before the stream's owner looks at it.</summary>
public sealed class TicketOutcome
{
    private TicketOutcome(ChunkTicket ticket) => Ticket = ticket;

    public ChunkTicket Ticket { get; }

    /// <summary>An item is not stored and not dead-lettered: the stream has to go back.</summary>
    public bool HasConflict { get; private set; }

    /// <summary>Records that the store has with another extent.</summary>
    public IReadOnlyList<(SubStream Lane, StreamPosition Start, long LengthBytes)> StoredExtents { get; private set; } = [];

    public IReadOnlyList<(StreamPosition Start, long LengthBytes, int Day)> DeadLettered { get; private set; } = [];

    /// <summary>The outcomes of all tickets of a body, each once.</summary>
    public static IReadOnlyList<TicketOutcome> Of(BulkBody body)
    {
        var outcomes = new TicketOutcome[body.Tickets.Count];
        for (int index = 0; index < outcomes.Length; index++) outcomes[index] = new TicketOutcome((ChunkTicket)body.Tickets[index]);
        foreach (ref BulkItem item in body.Items)
            if (item.Outcome != ItemOutcome.Stored) outcomes[item.Ticket].Add(item, EncodedRecord.Parse(body.SourceLine(item)));
        return outcomes;
    }

    private void Add(in BulkItem item, in EncodedRecord document)
    {
        var start = new StreamPosition(document.Ordinal, document.OffsetBytes);
        if (item.Outcome == ItemOutcome.DeadLettered) DeadLettered = [.. DeadLettered, (start, item.RecordLengthBytes, item.IndexDay)];
        else HasConflict = true;
        if (item.Outcome == ItemOutcome.Conflict) StoredExtents = [.. StoredExtents, (document.SubStream, start, item.StoredLengthBytes)];
    }
}
