using Akka.Actor;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Aggregator.Quotas;

/// <summary>
/// Tells the keeper what this aggregator could use of each tenant's rate, and takes what it grants. Only the answer to the last report counts: an older one may grant what
/// has been given to others since. Without answers everything stays as it is.
/// </summary>
public sealed class QuotaReporterActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(500);

    private long _number;

    public QuotaReporterActor(IActorRef keeper, TenantQuotas quotas)
    {
        string member = Akka.Cluster.Cluster.Get(Context.System).SelfAddress.ToString();
        Receive<Report>(_ => keeper.Tell(new ReportDemands(member, ++_number, quotas.TakeDemands())));
        Receive<GrantQuotas>(granted =>
        {
            if (granted.Number != _number) return;
            foreach (QuotaGrant grant in granted.Grants) quotas.Grant(grant);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IActorRef keeper, TenantQuotas quotas) => Akka.Actor.Props.Create(() => new QuotaReporterActor(keeper, quotas));

    protected override void PreStart() => Timers.StartPeriodicTimer("report", Report.Instance, ReportEvery);

    private sealed class Report
    {
        public static Report Instance { get; } = new();
    }
}
