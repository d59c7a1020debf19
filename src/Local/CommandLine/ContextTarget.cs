using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LogPipeline.Local.CommandLine;

/// <summary>A record, by its id or by a place in a file. Exactly one of <see cref="RecordId"/> and <see cref="File"/> is set.</summary>
public sealed record ContextTarget
{
    private const int RecordIdLength = 31;

    /// <summary>The document's <c>_id</c>.</summary>
    public string? RecordId { get; private init; }

    /// <summary>Absolute path of a log file, as it was or is.</summary>
    public string? File { get; private init; }

    /// <summary>With <see cref="File"/>: an offset of a byte that the record covers.</summary>
    public long OffsetBytes { get; private init; }

    /// <summary>Reads <c>_id</c> or <c>file:offset</c>; a relative file is relative to <paramref name="directory"/>.</summary>
    public static bool TryParse(string text, string directory, [NotNullWhen(true)] out ContextTarget? target)
    {
        target = null;
        int colon = text.LastIndexOf(':');
        if (colon > 0 && long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
            target = new ContextTarget { File = Path.GetFullPath(text[..colon], directory), OffsetBytes = offset };
        else if (text.Length == RecordIdLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            target = new ContextTarget { RecordId = text };
        return target is not null;
    }
}
