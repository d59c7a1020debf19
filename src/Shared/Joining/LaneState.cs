using LogPipeline.Joining.Traces;

namespace LogPipeline.Joining;

/// <summary>
/// What a sub-stream's joiner must be told to go on at an offset as if it had read everything before (a resume point's small state;
/// docs/exactly-once.md). Zero at the beginning of a stream. Persisted: bits are never reused. Bits 2 to 7 are the number of the trace
/// state that was in force (only beside one of the two flags; the joiner's own business).
/// </summary>
public readonly record struct LaneState(byte Bits)
{
    /// <summary>The next entry continues a logical line whose beginning was cut off as a record of its own.</summary>
    public const byte InsideCutLine = 1;

    /// <summary>The next entry may continue a multi-line record whose beginning was cut off at a limit.</summary>
    public const byte AfterCutRecord = 2;

    private const int TraceShift = 2;

    public bool Has(byte bit) => (Bits & bit) != 0;

    internal TraceState Trace => (TraceState)(Bits >> TraceShift);

    internal static LaneState Cut(byte bit, TraceState trace) => new((byte)(bit | ((byte)trace << TraceShift)));
}
