using Akka.Cluster.Hosting;
using Akka.Hosting;
using LogPipeline.Aggregator.Running;
using LogPipeline.Cluster.Sharding;

namespace LogPipeline.Aggregator.Quotas;

/// <summary>Adds to an aggregator what tenants' rates need; nothing where no tenant has one.</summary>
internal static class QuotaSetup
{
    public static AkkaConfigurationBuilder AddQuotas(this AkkaConfigurationBuilder akka, AggregatorProcess aggregator)
    {
        if (!aggregator.Limits.HasRates) return akka;
        return akka
            .AddHocon(QuotaMessageSerializer.Hocon, HoconAddMode.Prepend)
            .WithSingleton<QuotaKeeperActor>(QuotaKeeperActor.Name, QuotaKeeperActor.Props(aggregator.Limits), new ClusterSingletonOptions { Role = ClusterRole.Aggregator })
            .WithActors((system, registry) => system.ActorOf(QuotaReporterActor.Props(registry.Get<QuotaKeeperActor>(), aggregator.Quotas), "quota-reporter"));
    }
}
