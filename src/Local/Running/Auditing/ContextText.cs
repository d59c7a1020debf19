using System.Text;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>Records one below the other, the asked one marked; a record's further lines stand under its text.</summary>
/// <param name="style">Colours or none.</param>
internal sealed class ContextText(TerminalStyle style)
{
    private readonly StringBuilder _text = new();

    public string Render(LogContext context)
    {
        foreach (LogRecord record in context.Before) Add(record, asked: false);
        Add(context.Record, asked: true);
        foreach (LogRecord record in context.After) Add(record, asked: false);
        return _text.ToString();
    }

    private void Add(LogRecord record, bool asked)
    {
        string time = record.Timestamp ?? "";
        string[] lines = record.Body.Split('\n');
        for (int line = 0; line < lines.Length; line++)
        {
            string text = VisibleText.Of(lines[line]);
            _text.Append(asked ? "> " : "  ").Append(style.Dim(line == 0 ? time : new string(' ', time.Length))).Append("  ").Append(asked ? style.Bold(text) : text).Append('\n');
        }
        if (record.BodyLength > record.Body.Length) _text.Append("  ").Append(' ', time.Length).Append(style.Dim($"  … and {record.BodyLength - record.Body.Length} more characters")).Append('\n');
    }
}
