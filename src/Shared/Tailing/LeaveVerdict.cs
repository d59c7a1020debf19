namespace LogPipeline.Tailing;

/// <summary>What to do with a file that was read to its end.</summary>
public enum LeaveVerdict
{
    /// <summary>It is the live one, or its successor has not appeared: more may come.</summary>
    Stay,

    /// <summary>It was left by its writer, but may still be written to for a moment: look again soon.</summary>
    WaitForRest,

    /// <summary>Go on in its successor.</summary>
    Leave,

    /// <summary>It was the last: what is pending is all there will be.</summary>
    LeaveAndEnd,
}
