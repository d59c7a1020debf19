using LogPipeline.Tests.Simulation;

namespace LogPipeline.Tests;

public sealed class ExactlyOnceTests
{
    [Fact]
    public void Every_line_is_stored_once_whatever_crashes_rotates_and_answers_late()
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out int seed) ? seed : 1;
        int count = int.TryParse(Environment.GetEnvironmentVariable("SEEDS"), out int seeds) ? seeds : 300;
        int crashes = 0, lookedUp = 0;
        for (int current = first; current < first + count; current++)
        {
            using var run = new SimulatedRun(current);
            List<string> differences = run.Play(steps: 600);
            crashes += run.Crashes;
            lookedUp += run.Store.LookedUp;
            Assert.True(differences.Count == 0, $"SEED={current}: {string.Join("; ", differences)}");
        }
        Assert.True(count < 100 || (crashes > 0 && lookedUp > 0), "no seed crashed in a way that mattered");
    }
}
