using System.Globalization;

namespace LogPipeline.Tests.Writing;

/// <summary>A container runtime's stamps: never twice the same, with pauses now and then.</summary>
internal sealed class RuntimeClock(Random random, DateTime start)
{
    private DateTime _now = start;

    public DateTime Next()
    {
        _now = _now.AddTicks(1 + random.Next(20_000));
        if (random.Next(40) == 0) _now = _now.AddMilliseconds(random.Next(100, 3_000));
        return _now;
    }

    /// <summary>Of a rotated file: seconds, and so never twice in one.</summary>
    public string NextStamp()
    {
        _now = _now.AddSeconds(1);
        return _now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
    }

    /// <summary>As runtimes print it: trailing zeros are trimmed.</summary>
    public static string Print(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.') + "Z";

    public static string PrintWhole(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff00'Z'", CultureInfo.InvariantCulture);
}
