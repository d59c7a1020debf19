using LogPipeline.Tests.Simulation;

namespace LogPipeline.Tests;

public sealed class ExactlyOnceTests
{
    private const int Steps = 500;
    private const int NormalSeeds = 2_000;

    /// <summary>
    /// Runs seeds of the simulation, the same ones each time. <c>SEED=n</c> replays one, <c>SEED=n SEEDS=m</c> runs m from n on, <c>FAILURES=k</c> stops
    /// after k failures, <c>TRACE=1</c> tells what happens.
    /// </summary>
    [Fact]
    public void Every_line_is_stored_once_whatever_crashes_rotates_fails_and_answers_late()
    {
        int first = Number("SEED") ?? 1, count = Number("SEEDS") ?? (Number("SEED") is null ? NormalSeeds : 1), most = Number("FAILURES") ?? 5;
        var failures = new List<string>();
        var coverage = new Coverage();
        for (int seed = first; seed < first + count && failures.Count < most; seed++)
            Play(seed, failures, coverage);
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.True(count < NormalSeeds || !coverage.Missing.Any(), $"never met: {string.Join(", ", coverage.Missing)}; met: {coverage}");
        TestContext.Current.SendDiagnosticMessage(coverage.ToString());
    }

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out int number) ? number : null;

    private static void Play(int seed, List<string> failures, Coverage coverage)
    {
        try
        {
            using var run = new SimulatedRun(seed);
            Findings found = run.Play(Steps);
            coverage.Add(run.Coverage);
            if (!found.None) failures.Add($"SEED={seed}: {found}");
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            failures.Add($"SEED={seed}: {fault}");
        }
    }
}
