namespace LogPipeline.Formats;

/// <summary>What a format says of one physical line beside its text.</summary>
[Flags]
public enum EntryFlags : byte
{
    None = 0,

    /// <summary>The logical line goes on in the sub-stream's next entry (CRI <c>P</c>, docker <c>log</c> without a newline).</summary>
    Partial = 1,

    /// <summary>The line fits no grammar of its file's format: its text is the whole line, and it is a record of its own.</summary>
    FormatError = 2,

    /// <summary>The physical line is longer than <see cref="EntryReader.MaxPhysicalLineBytes"/> and was cut there: what follows is read as the next line.</summary>
    Truncated = 4,
}
