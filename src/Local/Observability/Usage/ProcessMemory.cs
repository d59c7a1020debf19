using System.Globalization;

namespace LogPipeline.Local.Observability.Usage;

/// <summary>The process's memory as the kernel counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>The most that was ever resident; 0 where <c>/proc</c> does not tell.</summary>
    public static long PeakBytes
    {
        get
        {
            try
            {
                // "VmHWM:\t  118123 kB"
                string? line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
                return line is null ? 0 : long.Parse(line.AsSpan("VmHWM:".Length, line.Length - "VmHWM:".Length - " kB".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) << 10;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return 0;
            }
        }
    }
}
