using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Tailing;

namespace LogPipeline.Ledger;

/// <summary>
/// A resume point of a whole stream, as it stood when a chunk had been read: per sub-stream, the first byte of the first record that was not
/// handed on (pending, or not yet read), with the joiner's state there; and where reading stood.
/// </summary>
public readonly record struct ResumeSnapshot
{
    private readonly StreamPosition _none, _stdout, _stderr;
    private readonly LaneState _noneState, _stdoutState, _stderrState;

    /// <summary>Takes the resume point of a joiner that has been given everything before <paramref name="readTo"/>.</summary>
    public ResumeSnapshot(RecordJoiner joiner, StreamPosition readTo, TailCrc tail)
    {
        ReadTo = readTo;
        Tail = tail;
        _none = joiner.PendingStart(SubStream.None) ?? readTo;
        _stdout = joiner.PendingStart(SubStream.Stdout) ?? readTo;
        _stderr = joiner.PendingStart(SubStream.Stderr) ?? readTo;
        _noneState = joiner.State(SubStream.None);
        _stdoutState = joiner.State(SubStream.Stdout);
        _stderrState = joiner.State(SubStream.Stderr);
    }

    /// <summary>A resume point that was taken elsewhere.</summary>
    public ResumeSnapshot(StreamPosition readTo, TailCrc tail, (StreamPosition At, LaneState State) none, (StreamPosition At, LaneState State) stdout, (StreamPosition At, LaneState State) stderr)
    {
        ReadTo = readTo;
        Tail = tail;
        (_none, _noneState) = none;
        (_stdout, _stdoutState) = stdout;
        (_stderr, _stderrState) = stderr;
    }

    public StreamPosition ReadTo { get; }

    /// <summary>The CRC of the file's bytes before <see cref="ReadTo"/>.</summary>
    public TailCrc Tail { get; }

    public StreamPosition this[SubStream lane] => lane switch { SubStream.Stdout => _stdout, SubStream.Stderr => _stderr, _ => _none };

    public LaneState StateOf(SubStream lane) => lane switch { SubStream.Stdout => _stdoutState, SubStream.Stderr => _stderrState, _ => _noneState };

    /// <summary>The smallest position of all sub-streams.</summary>
    public StreamPosition Earliest => Min(_none, Min(_stdout, _stderr));

    private static StreamPosition Min(StreamPosition left, StreamPosition right) => left < right ? left : right;
}
