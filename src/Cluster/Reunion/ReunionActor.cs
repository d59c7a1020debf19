using Akka.Actor;
using Akka.Cluster;
using LogPipeline.Cluster.Sharding;
using LogPipeline.Observability;

namespace LogPipeline.Cluster.Reunion;

/// <summary>
/// Finds another cluster of the same aggregators, and leaves the own one for it when that is the smaller. Two of them come about when an aggregator that may begin a cluster
/// could not reach the others while it started; or when every aggregator of a node's cluster was given up and joined anew elsewhere.
/// </summary>
public sealed class ReunionActor : ReceiveActor, IWithTimers
{
    /// <summary>The actor's name: members find it by their addresses.</summary>
    public const string Name = "reunion";

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly TimeSpan _lookEvery;

    /// <param name="aggregators">Where aggregators may be, asked at each look.</param>
    /// <param name="lookEvery">How often those of them that are no members are told what this cluster is.</param>
    /// <param name="log">Told when the cluster is left.</param>
    public ReunionActor(Func<Task<IReadOnlyList<Address>>> aggregators, TimeSpan lookEvery, IPipelineLog log)
    {
        _lookEvery = lookEvery;
        Receive<Look>(_ => aggregators().PipeTo(Self, failure: _ => new Found([]), success: found => new Found(found)));
        Receive<Found>(found =>
        {
            if (!IsUp) return;
            foreach (Address stranger in found.Aggregators.Where(IsStranger))
                Context.ActorSelection(new RootActorPath(stranger) / "user" / Name).Tell(Census());
        });
        Receive<ClusterCensus>(other =>
        {
            if (!IsUp || !IsStranger(Sender.Path.Address)) return;
            ClusterCensus own = Census();
            if (own.YieldsTo(other))
            {
                log.Write(PipelineLogLevel.Warning, LogEvents.ClusterLeft, $"{Sender.Path.Address} is in another cluster, of {other.Aggregators} aggregators and {other.Members} members in all; this one has {own.Aggregators} and {own.Members}. This member ends; its next life joins the other one.");
                _ = CoordinatedShutdown.Get(Context.System).Run(ClusterLeftReason.Instance);
            }
            else if (other.YieldsTo(own)) Sender.Tell(own);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsUp => _cluster.SelfMember.Status == MemberStatus.Up;

    /// <inheritdoc cref="ReunionActor(Func{Task{IReadOnlyList{Address}}}, TimeSpan, IPipelineLog)"/>
    public static Props Props(Func<Task<IReadOnlyList<Address>>> aggregators, TimeSpan lookEvery, IPipelineLog log) =>
        Akka.Actor.Props.Create(() => new ReunionActor(aggregators, lookEvery, log));

    protected override void PreStart() => Timers.StartPeriodicTimer("look", Look.Instance, _lookEvery);

    private bool IsStranger(Address address) => _cluster.State.Members.All(member => member.Address != address);

    private ClusterCensus Census()
    {
        List<Member> up = [.. _cluster.State.Members.Where(member => member.Status == MemberStatus.Up)];
        UniqueAddress founder = up.Aggregate((oldest, member) => member.IsOlderThan(oldest) ? member : oldest).UniqueAddress;
        return new ClusterCensus($"{founder.Address}#{founder.Uid}", up.Count(member => member.HasRole(ClusterRole.Aggregator)), up.Count);
    }

    private sealed record Found(IReadOnlyList<Address> Aggregators);

    private sealed class Look
    {
        public static Look Instance { get; } = new();
    }
}
