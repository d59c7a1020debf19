using Akka.Actor;
using Akka.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LogPipeline.Cluster.Observability;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it is a member of the cluster that is up; otherwise 503, with its status.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => "ok\n");
        app.MapGet("/readyz", () =>
        {
            MemberStatus status = Akka.Cluster.Cluster.Get(app.Services.GetRequiredService<ActorSystem>()).SelfMember.Status;
            return status == MemberStatus.Up ? Results.Text("ready\n") : Results.Text($"{status}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        });
    }
}
