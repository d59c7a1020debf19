using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Messages;

/// <summary>A resume point of a stream on the wire: <see cref="ResumeSnapshot"/> without the CRC, which only the node can know.</summary>
public sealed record ResumePoint(StreamPosition ReadTo, StreamPosition None, LaneState NoneState, StreamPosition Stdout, LaneState StdoutState, StreamPosition Stderr, LaneState StderrState)
{
    public static ResumePoint Of(in ResumeSnapshot snapshot) => new(
        snapshot.ReadTo, snapshot[SubStream.None], snapshot.StateOf(SubStream.None), snapshot[SubStream.Stdout], snapshot.StateOf(SubStream.Stdout),
        snapshot[SubStream.Stderr], snapshot.StateOf(SubStream.Stderr));

    /// <param name="tail">The CRC of the bytes before <see cref="ReadTo"/>.</param>
    public ResumeSnapshot With(TailCrc tail) => new(ReadTo, tail, (None, NoneState), (Stdout, StdoutState), (Stderr, StderrState));
}
