using System.Text;

namespace LogPipeline.Parsing;

/// <summary>The words that loggers write for a severity.</summary>
internal static class SeverityWord
{
    public const int MaxLength = 13;

    /// <summary>The severity of a word in any case; unspecified when it is none.</summary>
    public static Severity Parse(ReadOnlySpan<byte> word)
    {
        switch (word.Length)
        {
            case 3:
                return Is(word, "inf"u8) ? Severity.Info : Is(word, "err"u8) ? Severity.Error : Is(word, "wrn"u8) ? Severity.Warn
                    : Is(word, "dbg"u8) ? Severity.Debug : Is(word, "trc"u8) || Is(word, "vrb"u8) ? Severity.Trace
                    : Is(word, "ftl"u8) ? Severity.Fatal : Severity.Unspecified;
            case 4:
                return Is(word, "info"u8) ? Severity.Info : Is(word, "warn"u8) ? Severity.Warn : Is(word, "fail"u8) ? Severity.Error
                    : Is(word, "dbug"u8) ? Severity.Debug : Is(word, "trce"u8) ? Severity.Trace : Is(word, "crit"u8) ? Severity.Fatal : Severity.Unspecified;
            case 5:
                return Is(word, "error"u8) ? Severity.Error : Is(word, "debug"u8) ? Severity.Debug : Is(word, "trace"u8) ? Severity.Trace
                    : Is(word, "fatal"u8) || Is(word, "panic"u8) || Is(word, "emerg"u8) || Is(word, "alert"u8) ? Severity.Fatal : Severity.Unspecified;
            case 6:
                return Is(word, "notice"u8) ? Severity.Info : Is(word, "severe"u8) ? Severity.Error
                    : Is(word, "dpanic"u8) ? Severity.Fatal : Severity.Unspecified;
            case 7:
                return Is(word, "warning"u8) ? Severity.Warn : Is(word, "verbose"u8) ? Severity.Trace : Severity.Unspecified;
            case 8: return Is(word, "critical"u8) ? Severity.Fatal : Severity.Unspecified;
            case 9: return Is(word, "emergency"u8) ? Severity.Fatal : Severity.Unspecified;
            case 11: return Is(word, "information"u8) ? Severity.Info : Severity.Unspecified;
            case 13: return Is(word, "informational"u8) ? Severity.Info : Severity.Unspecified;
            default: return Severity.Unspecified;
        }
    }

    /// <summary>The severity of a letter as glog, klog, Ruby's Logger and etcd write it.</summary>
    public static Severity OfLetter(byte letter) => letter switch
    {
        (byte)'T' => Severity.Trace,
        (byte)'D' => Severity.Debug,
        (byte)'I' or (byte)'N' => Severity.Info,
        (byte)'W' => Severity.Warn,
        (byte)'E' => Severity.Error,
        (byte)'F' or (byte)'C' => Severity.Fatal,
        _ => Severity.Unspecified,
    };

    /// <summary>The severity of syslog's 0 (emergency) to 7 (debug), RFC 5424 section 6.2.1.</summary>
    public static Severity OfSyslog(int level) => level switch
    {
        <= 2 => Severity.Fatal,
        3 => Severity.Error,
        4 => Severity.Warn,
        5 or 6 => Severity.Info,
        _ => Severity.Debug,
    };

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(word, lower);
}
