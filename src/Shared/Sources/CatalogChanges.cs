namespace LogPipeline.Sources;

/// <summary>
/// What a look at a part of the disk changed. <paramref name="Streams"/>: streams that are new, have other files, or whose files changed in
/// size or time. <paramref name="Gone"/>: keys of streams without any file left; what is open of them is still read to its end.
/// </summary>
public sealed record CatalogChanges(IReadOnlyList<DiscoveredStream> Streams, IReadOnlyList<string> Gone)
{
    public static CatalogChanges None { get; } = new([], []);

    public bool IsEmpty => Streams.Count == 0 && Gone.Count == 0;
}
