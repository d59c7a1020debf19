namespace LogPipeline.Sources;

/// <summary>The layout that a file was recognised by, in order of precedence.</summary>
public enum SourceKind : byte
{
    Kubelet = 0,
    Docker = 1,
    Plain = 2,
}
