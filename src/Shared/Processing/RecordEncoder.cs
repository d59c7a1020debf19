using LogPipeline.Configuration;
using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Parsing;

namespace LogPipeline.Processing;

/// <summary>The last steps of a record's way inside a worker: parse, route, encode into the tenant's open body, and count. Owned by one worker.</summary>
public sealed class RecordEncoder(IBodyTarget bodies, PipelineMetrics metrics, int maxDepth)
{
    private readonly Dictionary<string, IRecordParser> _parsers = [];
    private Pin? _pin;
    private IRecordParser? _parser;

    /// <summary>When the current chunk was read, in nanoseconds since the Unix epoch.</summary>
    public long ReadAtNanos { get; set; }

    /// <summary>Encodes one record into a body and counts it in its ticket.</summary>
    /// <param name="replayEnd">Records of its file that begin before this offset may be in the store already.</param>
    /// <param name="prefix">What the documents of its file and pin share.</param>
    /// <param name="ticket">The piece of reading that it belongs to.</param>
    /// <param name="record">The record.</param>
    /// <param name="isCollision">See <see cref="BulkItem.IsCollision"/>.</param>
    public void Encode(long replayEnd, DocumentPrefix prefix, ChunkTicket ticket, in JoinedRecord record, bool isCollision)
    {
        ParserOf(prefix.Pin).Parse(record.Text, out ParsedRecord parsed);

        BulkBody body = bodies.Open(prefix.Pin.Tenant, record.Start.OffsetBytes < replayEnd);
        if (body.Tickets.Count == 0 || body.Tickets[^1] != ticket)
        {
            body.Tickets.Add(ticket);
            ticket.OutstandingBodies++;
        }
        BulkItem item = default;
        bool valid = DocumentEncoder.Append(body, prefix, record, parsed, ReadAtNanos, ref item);
        item.Ticket = body.Tickets.Count - 1;
        item.IsCollision = isCollision;
        body.Add(item);
        ticket.Count(record.Start, record.SourceLengthBytes, item.IndexDay);
        if (!valid) metrics.InvalidUtf8.Add(1);
        if (parsed.Failed) metrics.ParseErrors.Add(1);
        if ((record.Flags & RecordFlags.FormatError) != 0) metrics.FormatErrors.Add(1);
        if ((record.Flags & RecordFlags.Truncated) != 0) metrics.TruncatedRecords.Add(1);
        bodies.Appended(body);
    }

    private IRecordParser ParserOf(Pin pin)
    {
        if (_parser is not null && ReferenceEquals(pin, _pin)) return _parser;
        if (!_parsers.TryGetValue(pin.Parser, out IRecordParser? parser))
            _parsers[pin.Parser] = parser = RecordParsers.Create(new ParsingOptions { Parser = pin.Parser, MaxDepth = maxDepth });
        _pin = pin;
        return _parser = parser;
    }
}
