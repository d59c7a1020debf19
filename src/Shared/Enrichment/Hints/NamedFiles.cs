using LogPipeline.Sources.Layouts;

namespace LogPipeline.Enrichment.Hints;

/// <summary>Files that a Pod names in one of its containers.</summary>
/// <param name="Container">The container.</param>
/// <param name="Path">A glob over the node's paths.</param>
public sealed record NamedFiles(string Container, string Path)
{
    /// <summary>Whether a file of the node is one of them.</summary>
    public bool Matches(string path) => PathGlob.TryParse(Path, out PathGlob? glob, out _) && glob.IsMatchOrBeneath(path);
}
