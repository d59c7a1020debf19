namespace LogPipeline.Formats;

/// <summary>What a format says of one physical line beside its text.</summary>
[Flags]
public enum EntryFlags : byte
{
    None = 0,

    /// <summary>The logical line goes on in the sub-stream's next entry (CRI <c>P</c>, docker <c>log</c> without a newline, a line cut at <c>max_line</c>).</summary>
    Partial = 1,

    /// <summary>The line fits no grammar of its file's format: its text is the whole line, and it is a record of its own.</summary>
    FormatError = 2,

    /// <summary>The text was cut at a limit: what follows is the next entry's.</summary>
    Truncated = 4,
}
