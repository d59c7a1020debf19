namespace LogPipeline.Local.CommandLine.Summaries;

/// <summary>Emphasis by ANSI sequences, or none: only on a terminal, and never where <c>NO_COLOR</c> is set (https://no-color.org) or <c>TERM</c> is <c>dumb</c>.</summary>
public sealed class TerminalStyle
{
    private readonly bool _colours;

    private TerminalStyle(bool colours) => _colours = colours;

    public static TerminalStyle Plain { get; } = new(false);

    public static TerminalStyle Colours { get; } = new(true);

    /// <param name="redirected">The stream is no terminal.</param>
    /// <param name="environment">Looks environment variables up.</param>
    public static TerminalStyle For(bool redirected, Func<string, string?> environment) =>
        !redirected && string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") is not ("dumb" or null) ? Colours : Plain;

    public string Bold(string text) => Paint("1", text);

    public string Dim(string text) => Paint("2", text);

    public string Warning(string text) => Paint("33", text);

    public string Error(string text) => Paint("31", text);

    public string Link(string text) => Paint("36", text);

    private string Paint(string code, string text) => _colours ? $"\e[{code}m{text}\e[0m" : text;
}
