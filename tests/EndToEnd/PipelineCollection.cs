namespace LogPipeline.Tests;

/// <summary>Tests that start the program: one at a time, and none beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PipelineCollection
{
    public const string Name = "pipeline processes";
}
