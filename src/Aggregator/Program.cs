using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using LogPipeline.Aggregator.Quotas;
using LogPipeline.Aggregator.Running;
using LogPipeline.Aggregator.Streams;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Cluster.Observability;
using LogPipeline.Cluster.Sharding;
using LogPipeline.Joining;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Prometheus;

var log = new ConsoleLog();
if (ConfigurationFile.Read(args, Console.Error) is not { } options) return ConfigurationFile.CannotStart;
if (!MemberCertificate.TryRead(options.Cluster.Tls, Console.Error, out MemberCertificate? certificate)) return ConfigurationFile.CannotStart;
await using var aggregator = new AggregatorProcess(options, certificate, log);
var rules = new JoiningRules();

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.AllowDrain(options.Ledger.DrainTimeout);
builder.Services.AddAkka(ClusterHocon.SystemName, akka => akka
    .AddMember(options.Cluster, ClusterRole.Aggregator, certificate, options.Ledger.DrainTimeout)
    .AddQuotas(aggregator)
    .WithShardRegion<StreamRegion>(
        ClusterRole.StreamRegion,
        stream => StreamActor.Props(stream, aggregator.Bodies, aggregator.Streams, rules),
        new StreamExtractor(),
        new ShardOptions { Role = ClusterRole.Aggregator, StateStoreMode = StateStoreMode.DData, RememberEntities = false }));
await using WebApplication app = builder.Build();
app.Urls.Add($"http://{options.Web.Listen}");
using var bridge = new PrometheusBridge(aggregator.Metrics, ProcessUse.Expose(aggregator.Metrics.Cpu));
aggregator.Metrics.ExposeFromTheStart();
app.MapMetrics();
return await app.RunMemberAsync(options.Cluster, options.Ledger.DrainTimeout, log, (system, _) =>
{
    aggregator.TakeChunks(system);
    aggregator.DrainBefore(system);
    return Task.CompletedTask;
});
