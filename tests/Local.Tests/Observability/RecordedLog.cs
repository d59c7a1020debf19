using LogPipeline.Observability;

namespace LogPipeline.Tests.Observability;

/// <summary>Remembers events as <c>name message</c>.</summary>
internal sealed class RecordedLog : IPipelineLog
{
    public List<string> Events { get; } = [];

    public void Write(PipelineLogLevel level, string eventName, string message) => Events.Add($"{eventName} {message}");
}
