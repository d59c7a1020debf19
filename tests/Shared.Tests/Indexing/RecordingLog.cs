using LogPipeline.Observability;

namespace LogPipeline.Tests.Indexing;

/// <summary>Keeps what was logged.</summary>
internal sealed class RecordingLog : IPipelineLog
{
    public List<(PipelineLogLevel Level, string Event, string Message)> Events { get; } = [];

    public void Write(PipelineLogLevel level, string eventName, string message)
    {
        lock (Events) Events.Add((level, eventName, message));
    }

    public int Count(string eventName) => Events.Count(e => e.Event == eventName);
}
