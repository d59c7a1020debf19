using System.Diagnostics;
using System.Globalization;
using LogPipeline.Local.Observability.Usage;
using LogPipeline.Observability;
using LogPipeline.Tailing.Descriptors;

namespace LogPipeline.Local.Observability;

/// <summary>What the process itself uses, by the names that Prometheus' client libraries share. Read from <c>/proc/self</c>; what cannot be read there is left out.</summary>
internal static class ProcessMetrics
{
    /// <summary>Name, type and meaning of each, for the reference.</summary>
    public static IReadOnlyList<(string Name, MetricType Type, string Labels, string Help)> All { get; } =
    [
        ("process_cpu_seconds_total", MetricType.Counter, "", "Total user and system CPU time spent in seconds."),
        ("logpipeline_cpu_seconds_total", MetricType.Counter, "step", "CPU time by step: start, read (files), encode, send (all of the threads that send and receive), receive (the store's answers), other. In a cluster's members start and send are part of other."),
        ("process_resident_memory_bytes", MetricType.Gauge, "", "Resident memory size in bytes."),
        ("process_virtual_memory_bytes", MetricType.Gauge, "", "Virtual memory size in bytes."),
        ("process_open_fds", MetricType.Gauge, "", "Number of open file descriptors."),
        ("process_max_fds", MetricType.Gauge, "", "Maximum number of open file descriptors."),
        ("process_start_time_seconds", MetricType.Gauge, "", "Start time of the process since unix epoch in seconds."),
        ("process_threads", MetricType.Gauge, "", "Number of OS threads in the process."),
        ("dotnet_total_memory_bytes", MetricType.Gauge, "", "Total known allocated memory of the GC heap."),
        ("dotnet_gc_heap_size_bytes", MetricType.Gauge, "", "GC heap size at its last collection, fragmentation included."),
        ("dotnet_collection_count_total", MetricType.Counter, "generation", "GC collection count."),
        ("logpipeline_build_info", MetricType.Gauge, "version", "1, with the version as its label."),
    ];

    /// <param name="text">Where to.</param>
    /// <param name="cpu">What the CPU time was spent on; null while the pipeline starts.</param>
    public static void Write(PrometheusText text, CpuUse? cpu)
    {
        using var process = Process.GetCurrentProcess();
        foreach (var (name, type, labels, help) in All)
        {
            if (labels == "generation")
            {
                text.Header(name, help, type);
                for (int generation = 0; generation <= GC.MaxGeneration; generation++)
                    text.Sample(name, string.Create(CultureInfo.InvariantCulture, $"generation=\"{generation}\""), GC.CollectionCount(generation));
            }
            else if (labels == "step")
            {
                if (cpu is not { } use) continue;
                text.Header(name, help, type);
                foreach ((string step, double seconds) in use.Steps) text.Sample(name, $"step=\"{step}\"", seconds);
            }
            else if (Value(name, process) is { } value) text.Single(name, type, help, value, labels == "version" ? $"version=\"{ProductVersion.Short}\"" : "");
        }
    }

    private static double? Value(string name, Process process) => name switch
    {
        "process_cpu_seconds_total" => process.TotalProcessorTime.TotalSeconds,
        "process_resident_memory_bytes" => process.WorkingSet64,
        "process_virtual_memory_bytes" => process.VirtualMemorySize64,
        "process_open_fds" => OpenDescriptors(),
        "process_max_fds" => LimitedFileSystem.ProcessLimit(),
        "process_start_time_seconds" => (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds,
        "process_threads" => process.Threads.Count,
        "dotnet_total_memory_bytes" => GC.GetTotalMemory(forceFullCollection: false),
        "dotnet_gc_heap_size_bytes" => GC.GetGCMemoryInfo().HeapSizeBytes,
        "logpipeline_build_info" => 1,
        _ => null,
    };

    private static double? OpenDescriptors()
    {
        try
        {
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1; // one is this enumeration's own
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // no /proc: the series is absent
        }
    }
}
