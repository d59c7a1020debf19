using LogPipeline.Tenancy;

namespace LogPipeline.Ledger.Audit;

/// <summary>The indices that the store has now, and what follows from those that it has no more.</summary>
public sealed class ExistingIndices
{
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _trimmed;
    private readonly HashSet<string> _closed;

    /// <param name="names">Concrete names, closed indices included.</param>
    /// <param name="trimmed">Those of them whose oldest documents the store has deleted to stay within its size.</param>
    /// <param name="closed">Those of them that are closed.</param>
    public ExistingIndices(IEnumerable<string> names, IEnumerable<string>? trimmed = null, IEnumerable<string>? closed = null)
    {
        _names = names.ToHashSet(StringComparer.Ordinal);
        _trimmed = (trimmed ?? []).ToHashSet(StringComparer.Ordinal);
        _closed = (closed ?? []).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// What became of a range's records. Its first and its last day are days of records; the days between may have had none, so that only the indices
    /// of those two prove a deletion.
    /// </summary>
    /// <param name="file">The file, for the pins in force in the range.</param>
    /// <param name="range">The range's number.</param>
    /// <param name="count">Its days.</param>
    /// <param name="prefix">Before the names: <see cref="IndexPattern.DeadLetterPrefix"/> for dead letters.</param>
    public ExpiryVerdict Verdict(FileCheckpoint file, int range, in RangeCount count, string prefix = "")
    {
        string[] templates = [.. TemplatesOf(file, range)];
        for (int day = count.FirstDay; _closed.Count > 0 && day <= count.LastDay; day++)
            foreach (string template in templates)
                if (_closed.Contains(Name(template, day, prefix))) return ExpiryVerdict.Closed;
        bool first = HasAny(templates, count.FirstDay, prefix), last = HasAny(templates, count.LastDay, prefix);
        if (!first && !last)
        {
            for (int day = count.FirstDay + 1; day < count.LastDay; day++)
                if (HasAny(templates, day, prefix)) return ExpiryVerdict.InPart;
            return ExpiryVerdict.Deleted;
        }
        if (!first || !last) return ExpiryVerdict.InPart;
        for (int day = count.FirstDay; day <= count.LastDay; day++)
            foreach (string template in templates)
                if (_trimmed.Contains(Name(template, day, prefix))) return ExpiryVerdict.InPart;
        return ExpiryVerdict.Kept;
    }

    /// <summary>The indices of a range's first and last day, in words.</summary>
    public static string Describe(FileCheckpoint file, int range, in RangeCount count, string prefix = "")
    {
        int firstDay = count.FirstDay, lastDay = count.LastDay;
        return string.Join(", ", TemplatesOf(file, range).Select(template =>
        {
            string first = Name(template, firstDay, prefix), last = Name(template, lastDay, prefix);
            return first == last ? first : $"{first} to {last}";
        }));
    }

    private bool HasAny(string[] templates, int day, string prefix) => Array.Exists(templates, template => _names.Contains(Name(template, day, prefix)));

    private static string Name(string template, int day, string prefix) => prefix + new IndexNames(template).For(day).Text;

    private static IEnumerable<string> TemplatesOf(FileCheckpoint file, int range)
    {
        long from = range * RangeCount.RangeBytes, to = from + RangeCount.RangeBytes;
        return file.Pins.Where((pin, at) => pin.FromOffsetBytes < to && (at + 1 == file.Pins.Count || file.Pins[at + 1].FromOffsetBytes > from)).Select(pin => pin.IndexTemplate).Distinct();
    }
}
