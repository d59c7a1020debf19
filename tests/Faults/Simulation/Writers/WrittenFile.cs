using LogPipeline.Formats;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Simulation.Writers;

/// <summary>One content of a live path, from its creation or truncation to the next: what was written into it, whatever became of it.</summary>
internal sealed class WrittenFile(string stream, SourceKind kind, LogFormat format, LogOrigin origin, int number)
{
    private WrittenLine[]? _lines;

    public string Stream { get; } = stream;
    public SourceKind Kind { get; } = kind;
    public LogFormat Format { get; } = format;

    /// <summary>Its place among the files of its stream.</summary>
    public int Number { get; } = number;

    public List<byte> Content { get; } = [];

    /// <summary>Not all of it was on disk, under one name or another, until the end.</summary>
    public bool Destroyed { get; set; }

    /// <summary>More may come: an open line at its end is backlog.</summary>
    public bool Live { get; set; } = true;

    /// <summary>Some process was told of it.</summary>
    public bool EverShown { get; set; }

    /// <summary>What the process that lives now was told of its size.</summary>
    public long ShownBytes { get; set; }

    /// <summary>Its bytes were truncated away, so that an open descriptor does not help.</summary>
    public bool Truncated { get; set; }

    /// <summary>How much of it was copied before it was truncated: what lay behind, whoever has not read it before cannot know of.</summary>
    public int KeptBytes { get; set; } = int.MaxValue;

    /// <summary>Bytes that follow the successor's first ones.</summary>
    public bool HasLateBytes { get; set; }

    public FileId? ContainerFileId
    {
        get
        {
            byte[] head = [.. Content.Take(FileFingerprint.MaxBytes)];
            return FileFingerprint.TryFindFirstLine(head, ended: true, out ReadOnlySpan<byte> first) ? FileIdentity.OfContainerFile("", Kind, origin, first) : null;
        }
    }

    public string Namespace => origin.Namespace;

    /// <summary>To be asked for when nothing is written any more.</summary>
    public WrittenLine[] Lines => _lines ??= WrittenLine.Split(Format, [.. Content]);

    /// <summary>How many stored documents hold each byte.</summary>
    public byte[] Hits => _hits ??= new byte[Content.Count];

    private byte[]? _hits;

    /// <summary>For the trace.</summary>
    public string Description =>
        $"{this}, {Content.Count} bytes{(Destroyed ? ", destroyed" : "")}{(Truncated ? ", truncated" : "")}{(HasLateBytes ? ", late bytes" : "")}: {string.Join(" ", Lines.Take(2).Concat(Lines.TakeLast(2)).Select(line => $"{line.Start}\"{(line.Text.Length > 60 ? line.Text[..60] : line.Text)}\""))}";

    public override string ToString() => $"{Stream} #{Number}";
}
