using Akka.Actor;
using Akka.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LogPipeline.Cluster.Observability;

/// <summary>
/// <c>/healthz</c>: the process answers. <c>/readyz</c>: it is a member of the cluster that is up, and its work has begun (its region is started, a node's positions are
/// recovered); otherwise 503, with what is missing.
/// </summary>
public static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app, Func<bool> hasBegun)
    {
        app.MapGet("/healthz", () => "ok\n");
        app.MapGet("/readyz", () =>
        {
            MemberStatus status = Akka.Cluster.Cluster.Get(app.Services.GetRequiredService<ActorSystem>()).SelfMember.Status;
            bool begun = hasBegun();
            return begun && status == MemberStatus.Up ? Results.Text("ready\n") : Results.Text($"{(begun ? status : "Beginning")}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        });
    }
}
