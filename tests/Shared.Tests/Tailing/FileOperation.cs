namespace LogPipeline.Tests.Tailing;

/// <summary>The calls that <see cref="InMemoryFileSystem.Fault"/> can make fail.</summary>
public enum FileOperation
{
    List,
    Stat,
    Resolve,
    Open,
    Read,
    StatHandle,
}
