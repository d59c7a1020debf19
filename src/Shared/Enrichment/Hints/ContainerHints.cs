using LogPipeline.Configuration;

namespace LogPipeline.Enrichment.Hints;

/// <summary>What a Pod wants for the logs of one of its containers. Null: nothing is said, and the configuration decides.</summary>
public sealed record ContainerHints
{
    /// <summary>The logs are not read.</summary>
    public bool? Exclude { get; init; }

    /// <summary>One of <see cref="Parsing.RecordParsers.Names"/>.</summary>
    public string? Parser { get; init; }

    /// <summary>Preset and patterns alone; limits are the configuration's.</summary>
    public JoiningOptions? Joining { get; init; }
}
