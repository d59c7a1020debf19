using System.Globalization;
using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Parsing;

namespace LogPipeline.Local.Web;

/// <summary>
/// Reads the filter from a URL: <c>q</c>, <c>from</c> and <c>to</c> (RFC 3339), <c>tenant</c>, <c>namespace</c>, <c>pod</c>,
/// <c>container</c>, <c>level</c> (each repeatable), <c>min_level</c>.
/// </summary>
internal static class FilterQuery
{
    private const int MaxValues = 100;

    /// <summary><c>false</c>: a parameter cannot be read; <paramref name="failure"/> names it.</summary>
    public static bool TryRead(IQueryCollection url, out LogFilter filter, out SearchFailure? failure)
    {
        filter = new LogFilter();
        failure = null;
        if (!TryReadTime(url, "from", out long? from, ref failure)
            || !TryReadTime(url, "to", out long? to, ref failure)
            || !TryReadLevels(url, out List<string> levels, ref failure)
            || !TryReadMinimum(url, out Severity minimum, ref failure))
        {
            return false;
        }

        if (from >= to)
        {
            failure = new SearchFailure(SearchFailureKind.BadQuestion, "The time range ends before it begins.");
            return false;
        }

        filter = new LogFilter
        {
            Query = url["q"].ToString(),
            FromNanos = from,
            ToNanos = to,
            Tenants = Values(url, "tenant"),
            Namespaces = Values(url, "namespace"),
            Pods = Values(url, "pod"),
            Containers = Values(url, "container"),
            Levels = levels,
            MinimumLevel = minimum,
        };
        if (filter.Tenants.Count + filter.Namespaces.Count + filter.Pods.Count + filter.Containers.Count > MaxValues)
        {
            failure = new SearchFailure(SearchFailureKind.BadQuestion, $"There are more than {MaxValues} filters.");
            return false;
        }

        return true;
    }

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>; <paramref name="fallback"/> when absent. <c>false</c>: something else.</summary>
    public static bool TryReadNumber(IQueryCollection url, string name, int least, int most, int fallback, out int number, out SearchFailure? failure)
    {
        failure = null;
        number = fallback;
        string text = url[name].ToString();
        if (text.Length == 0)
        {
            return true;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most)
        {
            return true;
        }

        failure = new SearchFailure(SearchFailureKind.BadQuestion, $"{name} is a number from {least} to {most}.");
        return false;
    }

    private static string[] Values(IQueryCollection url, string name) =>
        [.. url[name].Where(value => !string.IsNullOrEmpty(value)).Select(value => value!).Distinct()];

    private static bool TryReadTime(IQueryCollection url, string name, out long? nanos, ref SearchFailure? failure)
    {
        nanos = null;
        string text = url[name].ToString();
        if (text.Length == 0)
        {
            return true;
        }

        if (NanoTime.TryParse(text, out long parsed))
        {
            nanos = parsed;
            return true;
        }

        failure = new SearchFailure(SearchFailureKind.BadQuestion, $"{name} is a time such as 2026-11-20T16:40:10Z; \"{text}\" is none.");
        return false;
    }

    private static bool TryReadLevels(IQueryCollection url, out List<string> levels, ref SearchFailure? failure)
    {
        levels = [];
        foreach (string name in Values(url, "level"))
        {
            if (string.Equals(name, LogLevels.None, StringComparison.OrdinalIgnoreCase))
            {
                levels.Add(LogLevels.None);
            }
            else if (LogLevels.TryParse(name, out Severity level))
            {
                levels.Add(LogLevels.NameOf(level));
            }
            else
            {
                failure = new SearchFailure(SearchFailureKind.BadQuestion, LogLevels.Unknown(name));
                return false;
            }
        }

        return true;
    }

    private static bool TryReadMinimum(IQueryCollection url, out Severity minimum, ref SearchFailure? failure)
    {
        minimum = Severity.Unspecified;
        string name = url["min_level"].ToString();
        if (name.Length > 0 && !LogLevels.TryParse(name, out minimum))
        {
            failure = new SearchFailure(SearchFailureKind.BadQuestion, LogLevels.Unknown(name));
            return false;
        }

        return true;
    }
}
