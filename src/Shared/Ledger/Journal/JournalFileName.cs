using System.Globalization;

namespace LogPipeline.Ledger.Journal;

/// <summary>
/// <c>checkpoints.&lt;generation&gt;.journal</c>, the generation in decimal with at least 10 digits; with <c>.tmp</c> while it is being
/// written, with <c>.corrupt-&lt;UTC stamp&gt;</c> once it was set aside.
/// </summary>
internal static class JournalFileName
{
    public const string TemporarySuffix = ".tmp";

    /// <summary>A larger number was not written here, and could not be counted on from.</summary>
    private const long MaxGeneration = 1L << 60;

    private const string Prefix = "checkpoints.";
    private const string Suffix = ".journal";
    private const string AsideSuffix = ".corrupt-";

    public static string Of(long generation) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{generation:D10}{Suffix}");

    public static string Aside(string name, DateTimeOffset now) =>
        name + AsideSuffix + now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whether this is a generation in use (neither temporary nor set aside), and which.</summary>
    public static bool IsGeneration(string name, out long generation) => TryParse(name, out generation, out string rest) && rest.Length == 0;

    /// <summary>Whether this is a generation that was being written when its writer ended.</summary>
    public static bool IsTemporary(string name) => TryParse(name, out _, out string rest) && rest == TemporarySuffix;

    /// <summary>Whether this was a damaged generation.</summary>
    public static bool IsAside(string name) => TryParse(name, out _, out string rest) && rest.StartsWith(AsideSuffix, StringComparison.Ordinal);

    /// <summary>Finds the generation in any of the forms, so that a number is never used twice. False for a file that is none of the journal's.</summary>
    public static bool TryParse(string name, out long generation, out string rest)
    {
        generation = 0;
        rest = "";
        if (!name.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        int end = name.IndexOf(Suffix, StringComparison.Ordinal);
        if (end < 0) return false;
        if (!long.TryParse(name.AsSpan(Prefix.Length, end - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out generation)) return false;
        rest = name[(end + Suffix.Length)..];
        return generation is > 0 and <= MaxGeneration && name.StartsWith(Of(generation), StringComparison.Ordinal);
    }
}
