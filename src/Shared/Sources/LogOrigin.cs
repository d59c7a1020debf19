namespace LogPipeline.Sources;

/// <summary>Who wrote a stream of files, as far as paths and the runtime's own files tell. Empty strings are unknown.</summary>
public sealed record LogOrigin
{
    public string Namespace { get; init; } = "";
    public string Pod { get; init; } = "";
    public string PodUid { get; init; } = "";
    public string Container { get; init; } = "";

    /// <summary>Restart count of the container (the number in <c>N.log</c>); 0 where there is none.</summary>
    public int Restart { get; init; }

    public string ContainerId { get; init; } = "";
}
