using LogPipeline.Formats;
using LogPipeline.Tailing;

namespace LogPipeline.Joining;

/// <summary>
/// One record: the entries that belong together, as one text. Borrowed: <see cref="Text"/> is valid only until the sink that it
/// was handed to returns.
/// </summary>
public readonly ref struct JoinedRecord
{
    /// <summary>Where the first byte of its first physical line lies. This is the record's id.</summary>
    public required StreamPosition Start { get; init; }

    /// <summary>The sub-stream's own bytes in the files that this record accounts for (prefixes and newlines included), over all files that it spans: <c>log.length</c>.</summary>
    public required long SourceLengthBytes { get; init; }

    public required SubStream SubStream { get; init; }

    /// <summary>The timestamp of the first entry; see <see cref="LogEntry.TimestampNanos"/>.</summary>
    public required long TimestampNanos { get; init; }

    public required RecordFlags Flags { get; init; }

    /// <summary>Physical lines joined.</summary>
    public required int Lines { get; init; }

    /// <summary>The text: partials concatenated, lines separated by <c>\n</c>, no final newline. Any bytes; not necessarily UTF-8.</summary>
    public required ReadOnlySpan<byte> Text { get; init; }
}
