namespace LogPipeline.Processing;

/// <summary>What a read of a file came to.</summary>
public enum ChunkVerdict
{
    /// <summary>Whole lines, or one that is longer than a line may be.</summary>
    Lines,

    /// <summary>No complete line stands behind what was read.</summary>
    NoWholeLine,

    /// <summary>The file does not hold what was read from it before: it was truncated.</summary>
    OtherContent,
}
