using System.Diagnostics;
using LogPipeline.Local.Observability.Usage;
using LogPipeline.Observability;

namespace LogPipeline.Tests.Observability;

public sealed class CpuSplitTests
{
    [Fact]
    public void The_steps_add_up_to_the_process()
    {
        var steps = new StepCpu();
        double before = CpuSplit.ProcessSeconds;
        var split = new CpuSplit(steps);
        Burn(steps);
        CpuUse use = split.Now();

        Assert.InRange(use.Start, before, before + 1);
        Assert.InRange(use.Encode, 0.05, 10);
        // The kernel brings a process's time up to date later than that of its threads, and other tests run beside this one.
        Assert.InRange(use.Total, use.Start + use.Encode, (CpuSplit.ProcessSeconds * 1.1) + 0.5);
        Assert.All(use.Steps, step => Assert.True(step.Seconds >= 0, step.Step));
    }

    [Fact]
    public void A_threads_time_passes_only_while_it_runs()
    {
        long before = StepCpu.ThreadNanos;
        Burn(new StepCpu());
        long burnt = StepCpu.ThreadNanos - before;
        Assert.InRange(burnt, 50_000_000, 10_000_000_000);

        // Another thread's work, for which this one waits.
        before = StepCpu.ThreadNanos;
        var other = new Thread(() => Burn(new StepCpu()));
        other.Start();
        other.Join();
        Assert.InRange(StepCpu.ThreadNanos - before, 0, burnt / 2);
    }

    private static void Burn(StepCpu steps)
    {
        long began = StepCpu.ThreadNanos;
        while (StepCpu.ThreadNanos - began < 60_000_000) _ = Stopwatch.GetTimestamp();
        steps.AddEncode(StepCpu.ThreadNanos - began);
    }
}
