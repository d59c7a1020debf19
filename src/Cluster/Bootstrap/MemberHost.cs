using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LogPipeline.Cluster.Bootstrap;

/// <summary>Runs a member until it is told to leave, or until the others have given it up.</summary>
public static class MemberHost
{
    /// <summary>The exit code of a member that the others have removed: whoever supervises it starts it again, and it joins anew.</summary>
    public const int Removed = 1;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    public static async Task<int> RunMemberAsync(this WebApplication app)
    {
        await app.StartAsync();
        ActorSystem system = app.Services.GetRequiredService<ActorSystem>();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration stopping = app.Lifetime.ApplicationStopping.Register(told.SetResult);
        bool removed = await Task.WhenAny(system.WhenTerminated, told.Task) == system.WhenTerminated || CoordinatedShutdown.Get(system).ShutdownReason is CoordinatedShutdown.ClusterDowningReason;
        using var limit = new CancellationTokenSource(EndLimit);
        await app.StopAsync(limit.Token);
        return removed ? Removed : 0;
    }
}
