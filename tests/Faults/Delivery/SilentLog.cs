using LogPipeline.Observability;

namespace LogPipeline.Tests.Delivery;

internal sealed class SilentLog : IPipelineLog
{
    public static SilentLog Instance { get; } = new();

    public void Write(PipelineLogLevel level, string eventName, string message)
    {
    }
}
