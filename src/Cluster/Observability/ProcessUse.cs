using System.Diagnostics;
using LogPipeline.Observability;
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
    /// <param name="steps">What the CPU time was spent on; everything else, as what many threads of the runtime's pool share, is "other".</param>
    public static CollectorRegistry Expose(StepCpu steps)
    {
        Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions { SuppressMeters = true, SuppressEventCounters = true });
        CollectorRegistry registry = Metrics.DefaultRegistry;
        MetricFactory factory = Metrics.WithCustomRegistry(registry);
        Gauge resident = factory.CreateGauge("process_resident_memory_bytes", "Resident memory size in bytes"), threads = factory.CreateGauge("process_threads", "Number of OS threads in the process");
        Gauge open = factory.CreateGauge("process_open_fds", "Number of open file descriptors"), heap = factory.CreateGauge("dotnet_gc_heap_size_bytes", "GC heap size at its last collection, fragmentation included");
        factory.CreateGauge("logpipeline_build_info", "1, with the version as its label", "version").WithLabels(ProductVersion.Short).Set(1);
        Counter cpu = factory.CreateCounter("logpipeline_cpu_seconds_total", "CPU time by step: read (files), encode, receive (the store's answers), other", "step");
        if (LimitedFileSystem.ProcessLimit() is { } limit) factory.CreateGauge("process_max_fds", "Maximum number of open file descriptors").Set(limit);
        registry.AddBeforeCollectCallback(() =>
        {
            using var process = Process.GetCurrentProcess();
            resident.Set(process.WorkingSet64);
            threads.Set(process.Threads.Count);
            open.Set(Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1); // one is this enumeration's own
            heap.Set(GC.GetGCMemoryInfo().HeapSizeBytes);
            (double read, double encode, double receive) = (steps.ReadSeconds, steps.EncodeSeconds, steps.ReceiveSeconds);
            cpu.WithLabels("read").IncTo(read);
            cpu.WithLabels("encode").IncTo(encode);
            cpu.WithLabels("receive").IncTo(receive);
            cpu.WithLabels("other").IncTo(Math.Max(0, Environment.CpuUsage.TotalTime.TotalSeconds - read - encode - receive));
        });
        return registry;
    }
}
