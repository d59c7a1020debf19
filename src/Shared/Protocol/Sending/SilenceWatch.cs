using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Protocol.Messages;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Sending;

/// <summary>
/// The records that only silence can end, as the aggregator last reported them, and since when. Whether a cut is due is a tailer's decision: nobody else reads a
/// clock to end a record.
/// </summary>
internal sealed class SilenceWatch(LineageContext context)
{
    private readonly Dictionary<SubStream, (StreamPosition End, long Since)> _cuttable = [];
    private long _reportedSequence;

    public bool HasCuttable => _cuttable.Count > 0;

    /// <summary>Something was pending when the aggregator last reported, cuttable or not.</summary>
    public bool HasPending { get; private set; }

    /// <summary>Whether everything before a chunk's number was reported on: a report that was lost has to be asked for.</summary>
    public bool Covers(long sentSequence) => _reportedSequence >= sentSequence;

    public void Report(ChunksAccepted accepted)
    {
        if (accepted.NextSequence < _reportedSequence) return;
        HasPending = accepted.HasPending;
        // What is not encoded yet may still become a record that only silence ends.
        if (accepted.Cuttable.Count > 0 || !accepted.HasPending) _reportedSequence = accepted.NextSequence;
        foreach (SubStream lane in _cuttable.Keys.Where(lane => !accepted.Cuttable.Any(reported => reported.Lane == lane)).ToList()) _cuttable.Remove(lane);
        foreach (LaneEnd reported in accepted.Cuttable)
            if (!_cuttable.TryGetValue(reported.Lane, out (StreamPosition End, long Since) known) || known.End != reported.End)
                _cuttable[reported.Lane] = (reported.End, context.Time.GetTimestamp());
    }

    /// <summary>Takes the lanes whose silence was long enough, if the report covers everything that was sent.</summary>
    public IReadOnlyList<LaneEnd> TakeDue(long sentSequence, Func<StreamPosition, TailedFile?> fileOf)
    {
        if (_cuttable.Count == 0 || _reportedSequence != sentSequence) return [];
        var due = new List<LaneEnd>();
        foreach ((SubStream lane, (StreamPosition end, long since)) in _cuttable)
        {
            if (fileOf(end) is not { } file) continue;
            Pin pin = file.Checkpoint.PinAt(end.OffsetBytes);
            if (context.Time.GetElapsedTime(since) >= context.Rules.Get(pin.JoiningRule).FlushAfter) due.Add(new LaneEnd(lane, end));
        }
        foreach (LaneEnd lane in due) _cuttable.Remove(lane.Lane);
        return due;
    }

    /// <summary>A new epoch has reported nothing.</summary>
    public void Clear()
    {
        _cuttable.Clear();
        HasPending = false;
        _reportedSequence = 0;
    }
}
