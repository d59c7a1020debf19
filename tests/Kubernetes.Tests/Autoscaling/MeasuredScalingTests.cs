namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>What the runs with real processes have shown that are recorded: <c>scale</c> of tests/Benchmarks renews them, and UPDATE_DOCS=1 the docs.</summary>
public sealed class MeasuredScalingTests
{
    private const int Least = 2;

    private static readonly MeasuredScaling s_burst = Read("burst");

    private static readonly MeasuredScaling s_outage = Read("outage");

    private static IReadOnlyList<MeasuredScaling> Runs => [s_burst, s_outage];

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
    public void While_the_store_took_nothing_for_ten_minutes_no_aggregator_was_asked_for_however_much_gathered()
    {
        int returned = s_outage.CauseSecond + 600;
        Assert.All(s_outage.Samples.Where(sample => sample.Second < returned), sample => Assert.Equal(Least, sample.Replicas));
        Assert.True(s_outage.Samples.Single(sample => sample.Second == returned - 1).Backlog > 400e6);
        // It ends when all is stored, before the calm in which the number falls is over.
        Assert.Equal(0, s_outage.Figures.Turns);
    }

    [Fact]
    public void The_measured_report_in_the_docs_is_what_the_runs_have_shown()
    {
        ScalingReport.AssertCurrent("docs/autoscaling-measured.svg", ScalingPlot.Render(s_burst.MostReplicas, 1e8, [.. Runs.Select(run => (run.Title, run.Samples))]));
        ScalingReport.AssertTable(MeasuredScaling.Table(Runs));
    }

    private static MeasuredScaling Read(string name) => MeasuredScaling.Read(Repository.FullPath($"{MeasuredScaling.Folder}/{name}.json"));
}
