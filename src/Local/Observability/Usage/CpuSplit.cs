using System.Globalization;
using LogPipeline.Observability;

namespace LogPipeline.Local.Observability.Usage;

/// <summary>
/// Splits the process's CPU time. What is sent is written by whichever thread of the pool the socket wakes, so its time is that of these threads, as
/// <c>/proc</c> has it; threads that have ended since (the pool gives some up when it rests) count as other.
/// </summary>
public sealed class CpuSplit
{
    private readonly StepCpu _steps;
    private readonly double _start, _poolAtStart;

    /// <summary>What was spent until now was the start.</summary>
    public CpuSplit(StepCpu steps)
    {
        _steps = steps;
        _start = ProcessSeconds;
        _poolAtStart = PoolSeconds();
    }

    /// <summary>CPU seconds of the whole process.</summary>
    public static double ProcessSeconds => Environment.CpuUsage.TotalTime.TotalSeconds;

    public CpuUse Now()
    {
        double read = _steps.ReadSeconds, encode = _steps.EncodeSeconds, receive = _steps.ReceiveSeconds;
        double send = Math.Max(0, PoolSeconds() - _poolAtStart - receive);
        return new CpuUse(_start, read, encode, send, receive, Math.Max(0, ProcessSeconds - _start - read - encode - send - receive));
    }

    // The first number of schedstat is the time on a core in nanoseconds; stat's ticks are 10 ms.
    private static double PoolSeconds()
    {
        double nanos = 0;
        try
        {
            foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
            {
                try
                {
                    if (File.ReadAllText(Path.Join(thread, "comm")).TrimEnd() is not (".NET TP Worker" or ".NET Sockets")) continue;
                    string text = File.ReadAllText(Path.Join(thread, "schedstat"));
                    nanos += double.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
                }
                catch (IOException)
                {
                    // The thread has ended since it was listed.
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // no /proc: it counts as other
        }
        return nanos / 1e9;
    }
}
