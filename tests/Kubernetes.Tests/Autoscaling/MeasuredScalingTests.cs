namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>What the runs with real processes have shown that are recorded: <c>scale</c> of tests/Benchmarks renews them, and UPDATE_DOCS=1 the docs.</summary>
public sealed class MeasuredScalingTests
{
    private const int Least = 2;

    private static readonly MeasuredScaling s_burst = Read("burst");

    private static IReadOnlyList<MeasuredScaling> Runs => [s_burst];

    [Fact]
    public void No_line_was_lost_and_none_was_stored_twice_and_no_member_ended_badly() =>
        Assert.All(Runs, run =>
        {
            Assert.True(run.WrittenLines > 500_000, $"{run.Name}: {run.WrittenLines}");
            Assert.Equal((0, 0, 0), (run.LostLines, run.DoubledLines, run.BadEnds));
        });

    [Fact]
    public void The_burst_was_drained_and_the_number_rose_once_and_fell_once()
    {
        double before = s_burst.Samples[0].Written, during = s_burst.Samples.Max(sample => sample.Written);
        Assert.Equal(5 * Least * s_burst.Capacity, during);
        Assert.True(before < s_burst.Capacity);
        Assert.Equal(1, s_burst.Figures.Turns);
        Assert.Equal((s_burst.MostReplicas, Least), (s_burst.Figures.Most, s_burst.Samples[^1].Replicas));
    }

    [Fact]
    public void The_measured_report_in_the_docs_is_what_the_runs_have_shown()
    {
        ScalingReport.AssertCurrent("docs/autoscaling-measured.svg", ScalingPlot.Render(s_burst.MostReplicas, 1e8, [.. Runs.Select(run => (run.Title, run.Samples))]));
        ScalingReport.AssertTable(MeasuredScaling.Table(Runs));
    }

    private static MeasuredScaling Read(string name) => MeasuredScaling.Read(Repository.FullPath($"{MeasuredScaling.Folder}/{name}.json"));
}
