using Akka.Actor;
using LogPipeline.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LogPipeline.Cluster.Bootstrap;

/// <summary>Runs a member until it is told to leave, or until the others have given it up.</summary>
public static class MemberHost
{
    /// <summary>The exit code of a member that the others have removed: whoever supervises it starts it again, and it joins anew.</summary>
    public const int Removed = 1;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    public static async Task<int> RunMemberAsync(this WebApplication app, IPipelineLog log)
    {
        await app.StartAsync();
        ActorSystem system = app.Services.GetRequiredService<ActorSystem>();
        MemberWatch watch = MemberWatch.Begin(Akka.Cluster.Cluster.Get(system), log);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration stopping = app.Lifetime.ApplicationStopping.Register(() => told.TrySetResult());
        bool removed = await Task.WhenAny(system.WhenTerminated, told.Task) == system.WhenTerminated || CoordinatedShutdown.Get(system).ShutdownReason is CoordinatedShutdown.ClusterDowningReason;
        watch.Ends();
        using var limit = new CancellationTokenSource(StopLimit);
        await app.StopAsync(limit.Token);
        return removed ? Removed : 0;
    }
}
