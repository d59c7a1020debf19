using Akka.Actor;
using Akka.Cluster;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Cluster.Observability;
using LogPipeline.Cluster.Reunion;
using LogPipeline.Cluster.Sharding;
using LogPipeline.Protocol;
using LogPipeline.Tests.Running;

namespace LogPipeline.Tests.Reunion;

/// <summary>Of two clusters of the same aggregators one remains.</summary>
public sealed class ReunionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_member_of_a_cluster_of_its_own_ends_when_it_reaches_the_larger_one()
    {
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        ActorSystem[] members = [.. FreePorts.Take(3).Select(port => ActorSystem.Create(ClusterHocon.SystemName, ClusterHocon.Of(new ClusterOptions { Listen = $"127.0.0.1:{port}" }, ClusterRole.Aggregator)))];
        Akka.Cluster.Cluster[] clusters = [.. members.Select(Akka.Cluster.Cluster.Get)];
        clusters[0].Join(clusters[0].SelfAddress);
        clusters[1].Join(clusters[1].SelfAddress);
        clusters[2].Join(clusters[1].SelfAddress);
        Assert.True(await Eventually.ComesAsync(Limit, () => clusters[0].SelfMember.Status == MemberStatus.Up && clusters[1].State.Members.Count(member => member.Status == MemberStatus.Up) == 2));

        Address[] addresses = [.. clusters.Select(cluster => cluster.SelfAddress)];
        foreach (ActorSystem member in members)
            member.ActorOf(ReunionActor.Props(() => Task.FromResult<IReadOnlyList<Address>>(addresses), TimeSpan.FromMilliseconds(100), new ConsoleLog()), ReunionActor.Name);
        await members[0].WhenTerminated.WaitAsync(Limit, cancelled);
        Assert.IsType<ClusterLeftReason>(CoordinatedShutdown.Get(members[0]).ShutdownReason);
        Assert.All(clusters[1..], cluster => Assert.Equal(MemberStatus.Up, cluster.SelfMember.Status));
        await Task.WhenAll(members.Select(member => member.Terminate()));
    }

    [Theory]
    [InlineData(1, 9, 2, 2)]
    [InlineData(0, 9, 1, 1)]
    [InlineData(2, 2, 2, 5)]
    public void The_smaller_of_two_clusters_yields(int aggregators, int members, int othersAggregators, int othersMembers)
    {
        ClusterCensus own = new("b", aggregators, members), other = new("a", othersAggregators, othersMembers);
        Assert.Equal((true, false), (own.YieldsTo(other), other.YieldsTo(own)));
    }

    [Fact]
    public void Of_two_that_are_equal_one_yields_and_none_to_itself()
    {
        ClusterCensus own = new("a", 1, 2), other = new("b", 1, 2);
        Assert.Equal((true, false), (own.YieldsTo(other), other.YieldsTo(own)));
        Assert.False(own.YieldsTo(own with { Aggregators = 5 }));
    }
}
