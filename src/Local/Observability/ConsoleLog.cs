using System.Globalization;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.CommandLine;
using LogPipeline.Observability;

namespace LogPipeline.Local.Observability;

/// <summary>
/// Writes the pipeline's own events to standard error, one line each: <c>HH:mm:ss WARN event_name message</c> on a terminal, the full
/// UTC time elsewhere, and under systemd the priority that journald reads (<c>&lt;4&gt;</c>, sd-daemon(3)) without a time, as the journal has
/// its own. Safe for use by several threads; a stream that is gone is ignored, as the pipeline goes on without it.
/// </summary>
public sealed class ConsoleLog : IPipelineLog
{
    private readonly Lock _gate = new();
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly ConsoleLogForm _form;
    private readonly TerminalStyle _style;

    public ConsoleLog(TextWriter output, TimeProvider time, ConsoleLogForm form, TerminalStyle style) =>
        (_output, _time, _form, _style) = (output, time, form, style);

    /// <summary>The log of this process: standard error as it is.</summary>
    public static ConsoleLog ForProcess()
    {
        var form = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 } && Console.IsErrorRedirected ? ConsoleLogForm.Journal
            : Console.IsErrorRedirected ? ConsoleLogForm.Stream
            : ConsoleLogForm.Terminal;
        return new ConsoleLog(Console.Error, TimeProvider.System, form, TerminalStyle.For(Console.IsErrorRedirected, Environment.GetEnvironmentVariable));
    }

    public void Write(PipelineLogLevel level, string eventName, string message)
    {
        string text = OneLine(message);
        string line = _form switch
        {
            ConsoleLogForm.Journal => $"<{Priority(level)}>{eventName} {text}",
            ConsoleLogForm.Stream => $"{_time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {Word(level).TrimEnd()} {eventName} {text}",
            _ => $"{_style.Dim(_time.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture))} {Paint(level, Word(level))} {_style.Dim(eventName)} {text}",
        };
        lock (_gate)
        {
            try
            {
                _output.Write(line + "\n");
                _output.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Nobody reads any more (a closed pipe); the event is lost, no log data is.
            }
        }
    }

    private static string Word(PipelineLogLevel level) => level switch { PipelineLogLevel.Error => "ERROR", PipelineLogLevel.Warning => "WARN ", _ => "INFO " };

    private static int Priority(PipelineLogLevel level) => level switch { PipelineLogLevel.Error => 3, PipelineLogLevel.Warning => 4, _ => 6 };

    private string Paint(PipelineLogLevel level, string word) => level switch
    {
        PipelineLogLevel.Error => _style.Error(word),
        PipelineLogLevel.Warning => _style.Warning(word),
        _ => word,
    };

    /// <summary>Messages may quote a server's answer or a file's name: nothing in them may begin a line or steer a terminal.</summary>
    private static string OneLine(string message) =>
        message.Any(char.IsControl) ? string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c)) : message;
}
