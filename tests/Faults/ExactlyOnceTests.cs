using LogPipeline.Tests.Simulation;

namespace LogPipeline.Tests;

public sealed class ExactlyOnceTests
{
    private const int Steps = 500;
    private const int NormalSeeds = 2_000;

    /// <summary>Further seeds of the normal run: those that once failed, and 5472 and 7473, which alone tell when the joiner's state is not restored.</summary>
    private static readonly int[] s_kept = [2239, 2644, 2707, 3441, 4557, 4749, 5472, 6183, 6712, 7473, 8913, 15791, 16912, 17838, 19315, 24726, 32525, 32641, 40980, 54617, 106307, 112555, 129424];

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
        IEnumerable<int> seeds = Enumerable.Range(first, count).Concat(Number("SEED") is null ? s_kept : []);
        foreach (int seed in seeds.TakeWhile(_ => failures.Count < most)) Play(seed, failures, coverage);
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
