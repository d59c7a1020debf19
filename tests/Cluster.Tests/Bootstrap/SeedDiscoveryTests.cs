using System.Net;
using Akka.Actor;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Observability;

namespace LogPipeline.Tests.Bootstrap;

public sealed class SeedDiscoveryTests
{
    private static readonly IPAddress Smaller = IPAddress.Parse("10.0.2.10"), Larger = IPAddress.Parse("10.0.10.2");

    private readonly SeedDiscovery _discovery = new(new Address("akka.tcp", "logpipeline", "10.0.2.10", 4053), "aggregators", 4053, new NoLog());

    [Fact]
    public void Members_agree_on_who_may_begin_whatever_the_order_of_the_answers()
    {
        for (int look = 0; look < 4; look++) Assert.Null(_discovery.Look(look % 2 == 0 ? [Larger, Smaller] : [Smaller, Larger]));
        Assert.Equal(
            ["akka.tcp://logpipeline@10.0.2.10:4053", "akka.tcp://logpipeline@10.0.10.2:4053"],
            _discovery.Look([Larger, Smaller])!.Select(seed => seed.ToString()));
        Assert.Null(_discovery.Look([Larger, Smaller]));
    }

    [Fact]
    public void Nobody_joins_before_the_name_has_said_the_same_for_a_while_and_again_when_it_says_something_else()
    {
        for (int look = 0; look < 4; look++) Assert.Null(_discovery.Look([Smaller]));
        for (int look = 0; look < 4; look++) Assert.Null(_discovery.Look([Smaller, Larger]));
        Assert.Equal(2, _discovery.Look([Smaller, Larger])!.Count);
        for (int look = 0; look < 4; look++) Assert.Null(_discovery.Look([Larger]));
        Assert.Single(_discovery.Look([Larger])!);
    }

    [Fact]
    public void A_name_without_addresses_is_no_cluster()
    {
        for (int look = 0; look < 20; look++) Assert.Null(_discovery.Look([]));
    }

    private sealed class NoLog : IPipelineLog
    {
        public void Write(PipelineLogLevel level, string eventName, string message)
        {
        }
    }
}
