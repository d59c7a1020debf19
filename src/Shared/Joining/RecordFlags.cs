namespace LogPipeline.Joining;

/// <summary>What a document says of how its record came to be.</summary>
[Flags]
public enum RecordFlags : byte
{
    None = 0,

    /// <summary>Cut at a limit of bytes or lines; the rest follows as records of their own.</summary>
    Truncated = 1,

    /// <summary>The rest of something that was cut at a limit before it.</summary>
    Continued = 2,

    /// <summary>A line that fits no grammar of its file's format, kept as it is.</summary>
    FormatError = 4,

    /// <summary>The stream ended before the line's last part came.</summary>
    Unterminated = 8,
}
