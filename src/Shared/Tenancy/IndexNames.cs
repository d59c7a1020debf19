using System.Globalization;

namespace LogPipeline.Tenancy;

/// <summary>One stream's indices by day. Asking for one of the last few days allocates nothing. Safe for use by several threads at once.</summary>
public sealed class IndexNames
{
    private const long NanosPerDay = 86_400_000_000_000;
    private const string Day = "{day}";

    private readonly IndexName?[] _recent = new IndexName?[8];
    private readonly string _template;

    /// <param name="template">A name with <c>{day}</c> left open, or a fixed one.</param>
    public IndexNames(string template) => _template = template;

    /// <summary>The UTC day of a time in nanoseconds since the Unix epoch, as days since then; negative before it.</summary>
    public static int UtcDay(long timestampNanos) => (int)Math.DivRem(timestampNanos, NanosPerDay, out long rest) - (rest < 0 ? 1 : 0);

    /// <summary>The index of a time in nanoseconds since the Unix epoch.</summary>
    public IndexName At(long timestampNanos) => For(UtcDay(timestampNanos));

    /// <summary>The index of a day, in days since 1970-01-01.</summary>
    public IndexName For(int day)
    {
        ref IndexName? slot = ref _recent[day & 7];
        var name = Volatile.Read(ref slot);
        if (name is not null && name.Day == day) return name;
        name = new IndexName(_template.Replace(Day, Text(day), StringComparison.Ordinal), day);
        Volatile.Write(ref slot, name);
        return name;
    }

    private static string Text(int day) =>
        DateOnly.FromDayNumber(day + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber).ToString("yyyy.MM.dd", CultureInfo.InvariantCulture);
}
