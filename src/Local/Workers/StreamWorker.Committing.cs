using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Workers;

/// <summary>When decisions and positions become durable, and how far ahead they reach.</summary>
public sealed partial class StreamWorker
{
    private static readonly TimeSpan CommitRetryAfter = TimeSpan.FromSeconds(1);

    private const long LeastAheadBytes = 1 << 20;

    // Of so many streams that are read next a commit takes along what is to be decided of them: with thousands of files, nearly each body would wait for a sync of its own.
    // After a crash all of that is looked up before it is sent, so it is no more of them than fill what is under way at most.
    private const int DecidedAhead = 32;

    // Whoever reads no more waits for the end.
    private TimeSpan CommitEvery => _reading || _context.Options.Ledger.CheckpointInterval < LookAgainAfter ? _context.Options.Ledger.CheckpointInterval : LookAgainAfter;

    private void CommitDue()
    {
        // By time, and by volume: after a crash all that was acknowledged since is read again.
        bool much = _acknowledgedBytes >= _context.Options.Indexing.MaxInFlightBytes / (8 * _context.Workers);
        if (!much && _context.Time.GetElapsedTime(_committedAt) < CommitEvery) return;
        if (!_changed.IsEmpty) Commit();
        else (_committedAt, _acknowledgedBytes) = (_context.Time.GetTimestamp(), 0);
        TidyUp();
    }

    // Looks at all streams that are not settled: by time only, as thousands of files make a commit each few milliseconds.
    private void TidyUp()
    {
        if (_context.Time.GetElapsedTime(_tidiedAt) < CommitEvery) return;
        _tidiedAt = _context.Time.GetTimestamp();
        ReleaseHeld();
        foreach (StreamSlot slot in _unsettled.Where(slot => slot.Tailer.IsOver).ToList()) Forget(slot);
        _unsettled.RemoveWhere(slot => slot.Tailer.IsCaughtUp && !slot.Tailer.HasUncommitted && !slot.Tailer.HasPending && !slot.Tailer.Lineage.IsHeldUp && slot.Tailer.Lineage.Refused.Count == 0 && slot.Last == ReadOutcome.AtEnd);
    }

    // Deleted files stay on disk for as long as they are open: so much of that may be, and no more.
    private void ReleaseHeld()
    {
        var held = new List<(StreamSlot Slot, TailedFile File)>();
        foreach (StreamSlot slot in _unsettled)
            foreach (TailedFile file in slot.Tailer.Lineage.Files)
                if (HeldFiles.IsHeld(file)) held.Add((slot, file));
        long bytes = held.Sum(entry => entry.File.SizeBytes);
        foreach ((StreamSlot slot, TailedFile file) in held.OrderBy(entry => entry.File.LeftAt))
        {
            if (!_context.Held.Exceeds(this, bytes)) return;
            slot.Tailer.Abandon(file);
            bytes -= file.SizeBytes;
            Enqueue(slot);
        }
        _context.Held.Exceeds(this, bytes);
    }

    /// <summary>Makes decisions and acknowledged positions durable, in one batch. False when the disk refuses: nothing is sent until it does not.</summary>
    private bool Commit()
    {
        if (_commitFailedAt is { } failedAt && _context.Time.GetElapsedTime(failedAt) < CommitRetryAfter) return false;
        long started = _context.Time.GetTimestamp();
        DecideAhead();
        StreamTailer[] changed = _changed.ToArray();
        try
        {
            if (changed.Length > 0)
            {
                TailedFile[] files = [.. changed.SelectMany(tailer => tailer.Lineage.Files)];
                foreach (TailedFile file in files) file.DrawHorizonIn(AheadBytes(files.Length));
                _context.Lineage.Ledger.Commit([.. changed.SelectMany(tailer => tailer.Uncommitted.Concat(tailer.Dirty)).Distinct()]);
                _context.Lineage.Metrics.CheckpointSeconds.Record(_context.Time.GetElapsedTime(started).TotalSeconds);
            }
        }
        catch (IOException error)
        {
            if (_commitFailedAt is null)
                _context.Lineage.Log.Write(PipelineLogLevel.Error, LogEvents.CheckpointFailed, $"Positions cannot be written: {error.Message} Nothing new is sent until they can; make room on the state directory's disk.");
            _commitFailedAt = _context.Time.GetTimestamp();
            return false;
        }
        if (_commitFailedAt is not null) _context.Lineage.Log.Write(PipelineLogLevel.Info, LogEvents.CheckpointRecovered, "Positions can be written again.");
        _commitFailedAt = null;
        _committedAt = _context.Time.GetTimestamp();
        _acknowledgedBytes = 0;
        foreach (StreamTailer tailer in changed)
        {
            tailer.Committed();
            StreamSlot slot = _slots[tailer.Key];
            TakeLate(slot);
            LookAgainIfAsked(slot);
        }
        return true;
    }

    private void DecideAhead()
    {
        if (!_reading) return;
        foreach (StreamSlot slot in _ready.Take(DecidedAhead))
        {
            if (slot.Forgotten) continue;
            slot.Tailer.DecideAhead(_context.Options.Tailing.ChunkBytes);
            _unsettled.Add(slot);
        }
    }

    // Half of the window for what is under way, an eighth for what is acknowledged and not yet durable, an eighth for horizons, the rest for answers that come together; but for many files no less than keeps commits few.
    private long AheadBytes(int files)
    {
        long eighth = _context.Options.Indexing.MaxInFlightBytes / (8 * _context.Workers);
        return Math.Max(eighth / files, Math.Min(eighth, LeastAheadBytes));
    }

    private TimeSpan CommitAge() => _changed.HasProgress ? _context.Time.GetElapsedTime(_committedAt) : TimeSpan.Zero;
}
