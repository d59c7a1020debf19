using LogPipeline.Sources;

namespace LogPipeline.Ledger;

/// <summary>
/// What decides where and how the records that begin at or behind <see cref="FromOffsetBytes"/> of a file are stored. Recorded before the
/// first of them is sent, and followed when they are read again, whatever the configuration says by then.
/// </summary>
public sealed record Pin
{
    public required long FromOffsetBytes { get; init; }

    public required LogFormat Format { get; init; }

    /// <summary>Whose the records are; empty while that is not decided.</summary>
    public required string Tenant { get; init; }

    /// <summary>The index's name with <c>{day}</c> left open; empty where nothing is stored.</summary>
    public required string IndexTemplate { get; init; }

    /// <summary>The canonical text of the joining rule, limits included.</summary>
    public required string JoiningRule { get; init; }

    public required string Parser { get; init; }

    /// <summary>The UTC day (days since the Unix epoch) of records without a time of their own; -1 where the runtime's timestamp decides.</summary>
    public required int Day { get; init; }

    /// <summary>The path that documents name, that of the first sight.</summary>
    public required string Path { get; init; }

    /// <summary>The members of the document's <c>resource</c> object as JSON, without the braces.</summary>
    public required string ResourceJson { get; init; }

    /// <summary>What it rests on is known. Nothing is sent under one that is not decided; it is the only pin of its file, and a decided one takes its place.</summary>
    public bool IsDecided => Tenant.Length > 0;

    /// <summary>What begins here is not read: its Pod asks for that.</summary>
    public bool IsExcluded => IndexTemplate.Length == 0;

    /// <summary>Whether everything but the place, the day and the path of first sight is the same.</summary>
    public bool SaysTheSameAs(Pin other) =>
        Format == other.Format && Tenant == other.Tenant && IndexTemplate == other.IndexTemplate && JoiningRule == other.JoiningRule
        && Parser == other.Parser && ResourceJson == other.ResourceJson && (Day < 0) == (other.Day < 0);
}
