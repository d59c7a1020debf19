using System.Text;

namespace LogPipeline.Parsing.Json;

/// <summary>
/// The severity that a JSON record gives itself, in a key of its outermost object (any case): <c>level</c>, <c>severity</c>,
/// <c>lvl</c>, <c>loglevel</c>, <c>log.level</c>, <c>log_level</c>, <c>levelname</c>, <c>@l</c>, <c>severity_text</c>: a word, or pino's and bunyan's numbers from 10
/// to 69. Smaller numbers under these keys are left alone: GELF, Ruby and others disagree on them. syslog's numbers 0 to 7 count only under
/// journald's <c>priority</c>, OpenTelemetry's 1 to 24 under <c>severity_number</c>.
/// </summary>
internal static class JsonSeverity
{
    public enum Key : byte
    {
        None,
        Level,
        Priority,
        Number,
    }

    public static Key KeyOf(ReadOnlySpan<byte> key)
    {
        switch (key.Length)
        {
            case 2: return Is(key, "@l"u8) ? Key.Level : Key.None;
            case 3: return Is(key, "lvl"u8) ? Key.Level : Key.None;
            case 5: return Is(key, "level"u8) ? Key.Level : Key.None;
            case 8:
                if (Is(key, "severity"u8) || Is(key, "loglevel"u8)) return Key.Level;
                return Is(key, "priority"u8) ? Key.Priority : Key.None;
            case 9: return Is(key, "levelname"u8) || Is(key, "log.level"u8) || Is(key, "log_level"u8) ? Key.Level : Key.None;
            case 12: return Is(key, "severitytext"u8) ? Key.Level : Key.None;
            case 13: return Is(key, "severity_text"u8) ? Key.Level : Key.None;
            case 14: return Is(key, "severitynumber"u8) ? Key.Number : Key.None;
            case 15: return Is(key, "severity_number"u8) ? Key.Number : Key.None;
            default: return Key.None;
        }
    }

    /// <summary>The severity of a scalar under such a key: the text of a string without its quotes, or a number.</summary>
    public static Severity Of(Key key, ReadOnlySpan<byte> value)
    {
        if (key == Key.Level && SeverityWord.Parse(value) is var severity and not Severity.Unspecified) return severity;
        if (value.Length is 0 or > 2) return Severity.Unspecified;
        int number = 0;
        foreach (byte digit in value)
        {
            if ((uint)(digit - '0') > 9) return Severity.Unspecified;
            number = (number * 10) + digit - '0';
        }

        return key switch
        {
            Key.Level => number switch
            {
                >= 10 and < 20 => Severity.Trace,
                >= 20 and < 30 => Severity.Debug,
                >= 30 and < 40 => Severity.Info,
                >= 40 and < 50 => Severity.Warn,
                >= 50 and < 60 => Severity.Error,
                >= 60 and < 70 => Severity.Fatal,
                _ => Severity.Unspecified,
            },
            Key.Priority => number <= 7 ? SeverityWord.OfSyslog(number) : Severity.Unspecified,
            Key.Number => number is >= 1 and <= 24 ? (Severity)(((number - 1) / 4 * 4) + 1) : Severity.Unspecified,
            _ => Severity.Unspecified,
        };
    }

    private static bool Is(ReadOnlySpan<byte> key, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(key, name);
}
