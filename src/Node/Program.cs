using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Persistence.Sql;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Cluster.Observability;
using LogPipeline.Cluster.Sharding;
using LogPipeline.Configuration;
using LogPipeline.Node.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;

var log = new ConsoleLog();
if (ConfigurationFile.Read(args, Console.Error) is not { } options) return ConfigurationFile.CannotStart;
if (!MemberCertificate.TryRead(options.Cluster.Tls, Console.Error, out MemberCertificate? certificate)) return ConfigurationFile.CannotStart;
using NodeProcess? node = NodeProcess.TryOpen(options, certificate, log);
if (node is null) return ConfigurationFile.CannotStart;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.AllowDrain(options.Ledger.DrainTimeout);
builder.Services.AddAkka(ClusterHocon.SystemName, akka => akka
    .AddMember(options.Cluster, ClusterRole.Node, certificate, options.Ledger.DrainTimeout)
    .AddHocon(node.Hocon, HoconAddMode.Prepend)
    .AddHocon(SqlPersistence.DefaultConfiguration, HoconAddMode.Append)
    .WithShardRegionProxy<StreamRegion>(ClusterRole.StreamRegion, ClusterRole.Aggregator, new StreamExtractor()));
await using WebApplication app = builder.Build();
app.Urls.Add($"http://{options.Web.Listen}");
using var bridge = new PrometheusBridge(node.Metrics, ProcessUse.Expose(node.Metrics.Cpu));
node.Metrics.ExposeFromTheStart();
app.MapMetrics();
return await app.RunMemberAsync(options.Cluster, options.Ledger.DrainTimeout, log, (system, stopping) => node.StartAsync(system, app.Services.GetRequiredService<IReadOnlyActorRegistry>().Get<StreamRegion>(), stopping));
