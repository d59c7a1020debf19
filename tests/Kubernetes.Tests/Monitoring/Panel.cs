namespace LogPipeline.Tests.Kubernetes.Monitoring;

/// <summary>A panel of a dashboard.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Unit">Grafana's name of the unit.</param>
/// <param name="Queries">Expressions with the texts of their legends.</param>
internal sealed record Panel(string Title, string Unit, params (string Expression, string Legend)[] Queries)
{
    /// <summary>One number instead of lines over time.</summary>
    public bool IsStat { get; init; }

    /// <summary>What a reader should know.</summary>
    public string Description { get; init; } = "";
}
