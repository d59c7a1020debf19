using System.Globalization;
using LogPipeline.Observability;

namespace LogPipeline.Cluster.Observability;

/// <summary>Writes events to standard error, one line each: UTC time, level, name, message. Safe for several threads.</summary>
public sealed class ConsoleLog : IPipelineLog
{
    private readonly Lock _gate = new();

    public void Write(PipelineLogLevel level, string eventName, string message)
    {
        string text = message.Any(char.IsControl) ? string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c)) : message;
        lock (_gate) Console.Error.WriteLine($"{DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {level} {eventName} {text}");
    }
}
