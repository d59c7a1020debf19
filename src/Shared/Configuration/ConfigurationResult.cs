namespace LogPipeline.Configuration;

/// <summary>What was read. <see cref="Options"/> is to be used only when there are no faults: a value with a fault is left at its default.</summary>
/// <param name="Options">The options, defaults filled in.</param>
/// <param name="Faults">Every fault, in the order of the file, the flags' last.</param>
public sealed record ConfigurationResult(PipelineOptions Options, IReadOnlyList<ConfigurationFault> Faults)
{
    public bool IsValid => Faults.Count == 0;
}
