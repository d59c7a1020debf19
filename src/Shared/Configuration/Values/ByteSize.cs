using System.Globalization;

namespace LogPipeline.Configuration.Values;

/// <summary>
/// Amounts of bytes as people write them: <c>number [unit]</c>, the unit one of <c>B</c>, <c>KiB</c>, <c>MiB</c>, <c>GiB</c>, <c>TiB</c>
/// (powers of 1,024) or <c>KB</c>, <c>MB</c>, <c>GB</c>, <c>TB</c> (powers of 1,000); a number alone is bytes.
/// </summary>
public static class ByteSize
{
    public const long KiB = 1L << 10;
    public const long MiB = 1L << 20;
    public const long GiB = 1L << 30;
    public const long TiB = 1L << 40;

    private static readonly (string Name, long Bytes)[] Units =
        [("TiB", TiB), ("GiB", GiB), ("MiB", MiB), ("KiB", KiB), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1)];

    /// <summary>False when the text is no such amount, or not a whole number of bytes below 2^63.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        long unit = 1;
        foreach (var (name, size) in Units)
        {
            if (!text.EndsWith(name, StringComparison.Ordinal)) continue;
            unit = size;
            text = text[..^name.Length].TrimEnd();
            break;
        }

        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) return false;
        if (number > long.MaxValue / unit) return false;
        decimal product = number * unit;
        if (product != decimal.Truncate(product)) return false;
        bytes = (long)product;
        return true;
    }

    /// <summary>The exact amount in the largest binary unit that divides it: <c>1MiB</c>, <c>1536KiB</c>, <c>1000B</c>. <see cref="TryParse"/> reads it back.</summary>
    public static string Format(long bytes)
    {
        foreach (var (name, size) in Units.AsSpan(0, 4))
        {
            if (bytes != 0 && bytes % size == 0) return string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{name}");
        }
        return string.Create(CultureInfo.InvariantCulture, $"{bytes}B");
    }

    /// <summary>An amount for reading, rounded to three digits: <c>1.4 MiB</c>, <c>312 KiB</c>, <c>0 B</c>.</summary>
    public static string Approximate(long bytes)
    {
        foreach (var (name, size) in Units.AsSpan(0, 4))
        {
            if (bytes < size) continue;
            double amount = (double)bytes / size;
            return string.Create(CultureInfo.InvariantCulture, $"{amount.ToString(amount < 10 ? "0.#" : "0", CultureInfo.InvariantCulture)} {name}");
        }
        return string.Create(CultureInfo.InvariantCulture, $"{bytes} B");
    }
}
