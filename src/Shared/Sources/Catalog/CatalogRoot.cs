namespace LogPipeline.Sources.Catalog;

/// <summary>Where a source's walk begins.</summary>
internal sealed class CatalogRoot(CatalogSource source)
{
    public CatalogSource Source { get; } = source;

    /// <summary>Not configured, but given while the process runs. Its prefix is not looked at again for as long as it is known: such sources are many, and no link leads to them.</summary>
    public bool IsFurther { get; init; }

    /// <summary>The prefix of the source's glob; null while it does not exist.</summary>
    public CatalogDirectory? Directory { get; set; }

    /// <summary>The deepest existing directory above a prefix that does not exist.</summary>
    public string? AwaitedIn { get; set; }

    /// <summary>The directory at which the way to the prefix was refused last.</summary>
    public string? Obstacle { get; set; }
}
