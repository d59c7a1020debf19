using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Aggregator.Quotas;

/// <summary>Divides the tenants' rates among the aggregators; the cluster has one. Holds nothing that the next reports do not tell again.</summary>
public sealed class QuotaKeeperActor : ReceiveActor
{
    /// <summary>Its name as a singleton.</summary>
    public const string Name = "quota-keeper";

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly long _began = Stopwatch.GetTimestamp();

    public QuotaKeeperActor(TenantLimits limits)
    {
        var allocator = new QuotaAllocator(limits.RateOf, TimeSpan.Zero);
        Receive<ReportDemands>(report => Sender.Tell(new GrantQuotas(report.Number, allocator.Report(report.Member, report.Demands, Stopwatch.GetElapsedTime(_began)))));
        Receive<ClusterEvent.MemberRemoved>(removed => allocator.Remove(removed.Member.Address.ToString()));
    }

    public static Props Props(TenantLimits limits) => Akka.Actor.Props.Create(() => new QuotaKeeperActor(limits));

    protected override void PreStart() => _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);
}
