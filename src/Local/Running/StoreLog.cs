using LogPipeline.Observability;

namespace LogPipeline.Local.Running;

/// <summary>Lets the embedded store speak through the pipeline's log.</summary>
internal sealed class StoreLog(IPipelineLog log) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        PipelineLogLevel level = logLevel >= LogLevel.Error ? PipelineLogLevel.Error : logLevel == LogLevel.Warning ? PipelineLogLevel.Warning : PipelineLogLevel.Info;
        log.Write(level, LogEvents.EmbeddedStore, formatter(state, exception) + (exception is null ? "" : " " + exception.Message));
    }
}
