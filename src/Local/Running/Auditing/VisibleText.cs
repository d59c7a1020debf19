namespace LogPipeline.Local.Running.Auditing;

/// <summary>What a program logs must not steer the terminal that shows it: control characters become their pictures (U+2400 and on).</summary>
internal static class VisibleText
{
    public static string Of(string text) => string.Create(text.Length, text, static (visible, text) =>
    {
        for (int at = 0; at < text.Length; at++)
            visible[at] = text[at] switch { '\t' => '\t', < ' ' => (char)('\u2400' + text[at]), '\u007f' => '\u2421', >= '\u0080' and < '\u00a0' => '\ufffd', _ => text[at] };
    });
}
