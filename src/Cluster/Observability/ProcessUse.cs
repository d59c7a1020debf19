using System.Diagnostics;
using LogPipeline.Tailing.Descriptors;
using Prometheus;

namespace LogPipeline.Cluster.Observability;

/// <summary>
/// What a member's process uses, by the names that a single process has, too (<c>docs/metrics.md</c>). prometheus-net has some of them by itself; its adapters of .NET's meters and event counters are
/// switched off, as they would expose every meter of the pipeline a second time under another name.
/// </summary>
public static class ProcessUse
{
    /// <summary>Prepares the registry of the process. Before anything else uses it.</summary>
    public static CollectorRegistry Expose()
    {
        Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions { SuppressMeters = true, SuppressEventCounters = true });
        CollectorRegistry registry = Metrics.DefaultRegistry;
        MetricFactory factory = Metrics.WithCustomRegistry(registry);
        Gauge resident = factory.CreateGauge("process_resident_memory_bytes", "Resident memory size in bytes"), threads = factory.CreateGauge("process_threads", "Number of OS threads in the process");
        Gauge open = factory.CreateGauge("process_open_fds", "Number of open file descriptors"), heap = factory.CreateGauge("dotnet_gc_heap_size_bytes", "GC heap size at its last collection, fragmentation included");
        if (LimitedFileSystem.ProcessLimit() is { } limit) factory.CreateGauge("process_max_fds", "Maximum number of open file descriptors").Set(limit);
        registry.AddBeforeCollectCallback(() =>
        {
            using var process = Process.GetCurrentProcess();
            resident.Set(process.WorkingSet64);
            threads.Set(process.Threads.Count);
            open.Set(Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1); // one is this enumeration's own
            heap.Set(GC.GetGCMemoryInfo().HeapSizeBytes);
        });
        return registry;
    }
}
