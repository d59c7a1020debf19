using System.Net;
using Akka.Actor;
using LogPipeline.Cluster.Observability;
using LogPipeline.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Tests.Observability;

public sealed class HealthEndpointsTests
{
    private static readonly TimeSpan UpLimit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_member_that_is_up_is_ready_only_when_its_work_has_begun()
    {
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        using ActorSystem system = ActorSystem.Create("health", "akka { loglevel = ERROR, actor.provider = cluster, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }");
        Akka.Cluster.Cluster cluster = Akka.Cluster.Cluster.Get(system);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(system);
        await using WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        bool begun = true;
        app.MapHealth(() => begun);
        await app.StartAsync(cancelled);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/readyz", cancelled)).StatusCode);
        cluster.Join(cluster.SelfAddress);
        Assert.True(await Eventually.ComesAsync(UpLimit, async () => (await client.GetAsync("/readyz", cancelled)).IsSuccessStatusCode));
        begun = false;
        HttpResponseMessage beginning = await client.GetAsync("/readyz", cancelled);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Beginning\n"), (beginning.StatusCode, await beginning.Content.ReadAsStringAsync(cancelled)));
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz", cancelled));
        await system.Terminate();
    }
}
