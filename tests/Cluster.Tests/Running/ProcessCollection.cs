namespace LogPipeline.Tests.Running;

/// <summary>Tests with clusters of real processes: one after the other, as members that wait for a processor for seconds take each other for dead.</summary>
[CollectionDefinition(Name)]
public sealed class ProcessCollection
{
    public const string Name = "processes";
}
