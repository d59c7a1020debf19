namespace LogPipeline.Observability;

/// <summary>Weight of a log event. Warning: nothing is lost. Error: data is lost, or a person is needed.</summary>
public enum PipelineLogLevel : byte
{
    Info,
    Warning,
    Error,
}
