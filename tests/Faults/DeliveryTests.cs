using LogPipeline.Tests.Delivery;
using LogPipeline.Tests.Simulation;

namespace LogPipeline.Tests;

public sealed class DeliveryTests
{
    /// <summary>Seeds that once showed a fault.</summary>
    private static readonly int[] Kept = [1183, 1956, 12821, 21044];

    [Fact]
    public void Every_line_is_stored_once_whatever_the_network_loses_and_whoever_owns_a_stream()
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out int seed) ? seed : 1;
        int count = int.TryParse(Environment.GetEnvironmentVariable("SEEDS"), out int seeds) ? seeds : 300;
        int crashes = 0, lost = 0, twoOwners = 0;
        IEnumerable<int> played = Enumerable.Range(first, count);
        foreach (int current in seed > 0 || seeds > 0 ? played : played.Concat(Kept))
        {
            using var cluster = new SimulatedCluster(current);
            Findings found = cluster.Play(steps: 2000);
            crashes += cluster.Crashes;
            lost += cluster.Lost;
            twoOwners += cluster.TwoOwners;
            Assert.True(found.None, $"SEED={current}: {found}");
        }
        Assert.True(count < 100 || (crashes > 0 && lost > 0 && twoOwners > 0), $"{crashes} crashes, {lost} messages lost, {twoOwners} chunks of a stream with two owners");
    }
}
