using LogPipeline.Configuration;
using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Processing;

/// <summary>What becomes of records that were handed on: verdicts, positions that advance, and the way back when the store has other extents.</summary>
public sealed partial class StreamTailer
{
    /// <summary>
    /// Bodies may arrive in any order, but no more than this is ever under way: where so many bytes were looked up and nothing was found, nothing was sent before.
    /// </summary>
    private const long SuspectAtMostBytes = 64L << 20;

    private readonly Queue<ChunkTicket> _tickets = [];

    // Extents that the store is known to have, in the piece that is being read again.
    private readonly Dictionary<(SubStream Lane, StreamPosition Start), long> _stored = [];
    private int _epoch, _staleBodies;

    /// <summary>
    /// A body that holds a part of a ticket is completed. When an item of it is in conflict with what is stored, the stream is rewound. True when
    /// there is something to read because of it.
    /// </summary>
    public bool BodyCompleted(ChunkTicket ticket, BulkBody body, int ticketIndex)
    {
        bool stale = ticket.Epoch != _epoch, conflict = false;
        foreach (ref BulkItem item in body.ItemsOf(ticketIndex))
        {
            if (item.Outcome == ItemOutcome.Stored && !stale && !body.LookUpFirst) continue;
            var document = EncodedRecord.Parse(body.SourceLine(item));
            var start = new StreamPosition(document.Ordinal, document.OffsetBytes);
            if (!stale && item.Outcome == ItemOutcome.DeadLettered) ticket.CountDeadLetter(start, item.RecordLengthBytes, item.IndexDay);
            if (body.LookUpFirst) WeighSuspicion(start, item);
            // Whatever is stored counts when the piece has to be read again, whichever body brought the conflict.
            if (item.Outcome is ItemOutcome.Stored or ItemOutcome.DeadLettered) _stored[(document.SubStream, start)] = item.RecordLengthBytes;
            else if (item.Outcome == ItemOutcome.Conflict) _stored[(document.SubStream, start)] = item.StoredLengthBytes;
            conflict |= item.Outcome is ItemOutcome.Conflict or ItemOutcome.NotSent;
        }
        if (stale)
        {
            _staleBodies--;
            return _staleBodies == 0;
        }
        ticket.OutstandingBodies--;
        if (conflict)
        {
            JoinNothingWhereSuspected();
            Rewind();
            return true;
        }
        while (_tickets.TryPeek(out ChunkTicket? head) && head.IsDurable) Advance(_tickets.Dequeue());
        return false;
    }

    /// <summary>
    /// The store has another extent under the record's id, this stream was told so, and still the record does not end there: no entry does (it spans what
    /// is destroyed, or was read by another format). It will never be the same record.
    /// </summary>
    private bool IsCollision(in JoinedRecord record) =>
        _stored.Count > 0 && _stored.TryGetValue((record.SubStream, record.Start), out long length) && length != record.SourceLengthBytes;

    private void ExpectStored()
    {
        foreach (((SubStream lane, StreamPosition start), long length) in _stored) _joiner!.ExpectExtent(lane, start, length);
    }

    // A ledger can only have been lost where the store has something of this host. False: that is not known yet.
    private bool MayBeKnown(TailedFile file)
    {
        if (_context.StoreMayKnow() is not { } may) return false;
        if (!may) (file.SuspectedBytes, file.ReplayEnd, file.Checkpoint.HorizonBytes) = (null, 0, 0);
        return true;
    }

    // A ledger may have been lost: that is so when anything is found.
    private void WeighSuspicion(StreamPosition start, in BulkItem item)
    {
        if (_lineage.ByOrdinal(start.FileOrdinal) is not { SuspectedBytes: { } looked } file) return;
        if (item.WasFound) (file.SuspectedBytes, file.IsFoundInStore) = (null, true);
        else if ((file.SuspectedBytes = looked + item.RecordLengthBytes) > SuspectAtMostBytes)
        {
            file.SuspectedBytes = null;
            file.ReplayEnd = Math.Min(file.ReplayEnd, Math.Max(file.ReadOffset, file.Checkpoint.HorizonBytes));
        }
    }

    // A lost ledger, and another joining rule than then. Records that the store lacks could begin before some that it has, and cover them: where every
    // line is a record of its own, each is looked up.
    private void JoinNothingWhereSuspected()
    {
        foreach (TailedFile file in _lineage.Files.Where(file => file.IsFoundInStore))
        {
            file.IsFoundInStore = false;
            FileCheckpoint checkpoint = file.Checkpoint;
            Pin pin = checkpoint.PinAt(checkpoint.ResumeOffsetBytes);
            JoiningRule rule = _context.Rules.Get(pin.JoiningRule);
            var none = JoiningRule.Create(new JoiningOptions { Preset = "none", MaxBytes = rule.MaxBytes, MaxLines = rule.MaxLines, FlushAfter = rule.FlushAfter }, rule.MaxLineBytes);
            checkpoint.Pins.RemoveAll(later => later.FromOffsetBytes >= checkpoint.ResumeOffsetBytes);
            checkpoint.Pins.Add(pin with { FromOffsetBytes = checkpoint.ResumeOffsetBytes, JoiningRule = none.ToString() });
            if (file.ReplayEnd < long.MaxValue) checkpoint.Pins.Add(pin with { FromOffsetBytes = Math.Max(file.ReplayEnd, file.ReadOffset) });
            _prefixes.Clear();
            _uncommitted.Add(checkpoint);
        }
    }

    private void Forget(in ResumeSnapshot durable)
    {
        foreach ((SubStream Lane, StreamPosition Start) key in _stored.Keys.ToList())
            if (key.Start < durable[key.Lane]) _stored.Remove(key);
    }

    // Back to the durable position: what the store has decides where records end now. What is still under way is waited for first, as it may be stored, too.
    private void Rewind()
    {
        _epoch++;
        _staleBodies += _tickets.Sum(ticket => ticket.OutstandingBodies);
        _tickets.Clear();
        _joiner!.Forget();
        _prepared = null;
        foreach (TailedFile file in _lineage.Files)
        {
            if (file.Handle is null && file.Finished)
            {
                if (file.ReadOffset > file.Checkpoint.ResumeOffsetBytes) _lineage.CountGap(file.Checkpoint, file.Checkpoint.ResumeOffsetBytes, file.ReadOffset);
                continue; // cannot be read again
            }
            file.ReplayEnd = Math.Max(file.ReplayEnd, file.ReadOffset);
            file.ReadOffset = file.Checkpoint.ResumeOffsetBytes;
            file.NoNewlineUntil = 0;
            file.Tail = file.Checkpoint.TailCrc;
            file.Finished = file.Checkpoint.Complete;
            for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) file.SkipBefore[lane] = file.Checkpoint.LanePositions[lane].OffsetBytes;
        }
        _uncommitted.UnionWith(_lineage.TakeChanged());
    }

    private ChunkTicket OpenTicket()
    {
        var ticket = new ChunkTicket(this, _epoch);
        _tickets.Enqueue(ticket);
        return ticket;
    }

    private void CloseTicket(ChunkTicket ticket, TailedFile file)
    {
        TailedFile? readIn = file.Finished ? _lineage.Current : file;
        StreamPosition readTo = readIn is not null ? new(readIn.Ordinal, readIn.ReadOffset) : new(file.Ordinal + 1, 0);
        ticket.Close(new ResumeSnapshot(_joiner!, readTo, readIn?.Tail ?? default));
        while (_tickets.TryPeek(out ChunkTicket? head) && head.IsDurable) Advance(_tickets.Dequeue());
    }

    // The ticket's records are stored: the positions behind it take effect.
    private void Advance(ChunkTicket ticket)
    {
        ResumeSnapshot after = ticket.After;
        foreach ((long ordinal, int range, RangeCount count) in ticket.Stored)
        {
            FileCheckpoint file = FileOf(ordinal).Checkpoint;
            file.CountStored(range, count);
            var tenant = new KeyValuePair<string, object?>("tenant", file.PinAt(range * RangeCount.RangeBytes).Tenant);
            _context.Metrics.StoredRecords.Add(count.Records, tenant);
            _context.Metrics.DurableBytes.Add(count.Bytes, tenant);
        }
        foreach ((long ordinal, int range, RangeCount count) in ticket.DeadLettered) FileOf(ordinal).Checkpoint.CountDeadLettered(range, count);
        foreach (TailedFile file in _lineage.Files)
        {
            if (file.Ordinal > after.ReadTo.FileOrdinal) break;
            Advance(file, after);
            _dirty.Add(file.Checkpoint);
        }
        if (_stored.Count > 0 && _tickets.Count == 0) Forget(after);
    }

    private static void Advance(TailedFile file, in ResumeSnapshot after)
    {
        FileCheckpoint checkpoint = file.Checkpoint;
        foreach (SubStream lane in Lanes)
        {
            StreamPosition position = after[lane];
            LanePosition known = checkpoint.LanePositions[(int)lane];
            // What is read again lies before what is durable of another sub-stream: positions never go back.
            if (position.FileOrdinal == file.Ordinal && position.OffsetBytes >= known.OffsetBytes)
                checkpoint.LanePositions[(int)lane] = new(position.OffsetBytes, after.StateOf(lane));
            else if (position.FileOrdinal > file.Ordinal)
                checkpoint.LanePositions[(int)lane] = new(Math.Max(file.ReadOffset, known.OffsetBytes), default);
        }
        if (file.CopyTail is { } copyTail) checkpoint.TailCrc = copyTail;
        else checkpoint.TailCrc = after.ReadTo.FileOrdinal == file.Ordinal ? after.Tail : file.Tail;
        checkpoint.SizeBytes = Math.Max(file.SizeBytes, checkpoint.ResumeOffsetBytes);
        if (after.Earliest.FileOrdinal > file.Ordinal && file.Finished) checkpoint.Complete = true;
        int passed = checkpoint.Cuts.RemoveAll(cut => cut.OffsetBytes <= checkpoint[cut.SubStream].OffsetBytes);
        file.NextCut = Math.Max(0, file.NextCut - passed);
    }
}
