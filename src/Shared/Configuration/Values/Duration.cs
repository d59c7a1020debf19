using System.Buffers;
using System.Globalization;

namespace LogPipeline.Configuration.Values;

/// <summary>Spans of time as people write them: <c>200ms</c>, <c>1.5s</c>, <c>1h30m</c>, <c>14d</c>; <c>0</c> needs no unit, anything else does.</summary>
public static class Duration
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Name, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>False when the text is no such span, finer than 100 ns, or longer than a <see cref="TimeSpan"/> holds.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        text = text.Trim();
        if (text is "0") return true;
        if (text.IsEmpty) return false;
        decimal ticks = 0;
        while (!text.IsEmpty)
        {
            int digits = text.IndexOfAnyExcept(Digits);
            if (digits <= 0) return false;
            if (!decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) return false;
            text = text[digits..];
            int letters = text.IndexOfAnyExceptInRange('a', 'z');
            if (letters < 0) letters = text.Length;
            long unit = UnitTicks(text[..letters]);
            text = text[letters..];
            if (unit == 0 || number > long.MaxValue / unit) return false;
            ticks += number * unit;
        }
        if (ticks > long.MaxValue || ticks != decimal.Truncate(ticks)) return false;
        duration = new TimeSpan((long)ticks);
        return true;
    }

    /// <summary>The exact span in the largest unit that divides it: <c>90s</c>, <c>14d</c>, <c>200ms</c>. <see cref="TryParse"/> reads it back.</summary>
    public static string Format(TimeSpan duration)
    {
        foreach (var (name, ticks) in Units)
        {
            if (duration.Ticks != 0 && duration.Ticks % ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks}{name}");
        }
        return duration == TimeSpan.Zero ? "0" : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms");
    }

    private static long UnitTicks(ReadOnlySpan<char> name)
    {
        foreach (var (unit, ticks) in Units)
        {
            if (name.SequenceEqual(unit)) return ticks;
        }
        return 0;
    }
}
