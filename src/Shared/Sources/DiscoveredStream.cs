namespace LogPipeline.Sources;

/// <summary>A stream of files that follow one another by rotation: one restart of one container, or one plain path with its rotated siblings.</summary>
public sealed record DiscoveredStream
{
    /// <summary>Names the stream in this process and in the ledger's entries: the resolved path of the live file.</summary>
    public required string Key { get; init; }

    public required SourceKind Kind { get; init; }

    public required LogFormat Format { get; init; }

    public required LogOrigin Origin { get; init; }

    /// <summary>The files present, in the order in which they were written: oldest rotated first, the live one last.</summary>
    public required IReadOnlyList<DiscoveredFile> Files { get; init; }

    /// <summary>
    /// When its directory began to be listed, in <see cref="TimeProvider.GetTimestamp"/> units: what happened there before is in <see cref="Files"/>.
    /// Not given: they are as they are now.
    /// </summary>
    public long ListedAt { get; init; } = long.MaxValue;

    /// <summary>No more will be written: a later restart of the same container exists.</summary>
    public bool Ended { get; init; }
}
