using System.Globalization;
using Akka.Actor;
using Akka.Hosting;
using LogPipeline.Cluster.Observability;
using LogPipeline.Cluster.Reunion;
using LogPipeline.Observability;
using LogPipeline.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LogPipeline.Cluster.Bootstrap;

/// <summary>Runs a member until it is told to leave, or until the others have given it up.</summary>
public static class MemberHost
{
    /// <summary>The exit code of a member whose engine has ended by itself, as when the others have removed it or it leaves for another cluster: whoever supervises it starts it again, and it joins anew.</summary>
    public const int Removed = 1;

    /// <summary>In which what is under way is brought to its end; it lasts at most as long as <see cref="AddMember"/> was told, and nothing has been handed over before it.</summary>
    public const string DrainPhase = CoordinatedShutdown.PhaseBeforeServiceUnbind;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20), DrainSlack = TimeSpan.FromSeconds(1), LookForOthersEvery = TimeSpan.FromSeconds(5);

    /// <summary>Configures the engine as a member of the cluster.</summary>
    /// <param name="akka">The engine's configuration.</param>
    /// <param name="options">How it joins.</param>
    /// <param name="role">What it is.</param>
    /// <param name="certificate">What it shows the others; null without TLS.</param>
    /// <param name="drain">How long <see cref="DrainPhase"/> may last.</param>
    public static AkkaConfigurationBuilder AddMember(this AkkaConfigurationBuilder akka, ClusterOptions options, string role, MemberCertificate? certificate, TimeSpan drain)
    {
        certificate?.Use(akka);
        return akka
            .AddHocon(ClusterHocon.Of(options, role), HoconAddMode.Prepend)
            .AddHocon(string.Create(CultureInfo.InvariantCulture, $"akka.coordinated-shutdown.phases.{DrainPhase}.timeout = {(drain + DrainSlack).TotalMilliseconds}ms"), HoconAddMode.Prepend);
    }

    /// <summary>Lets the host's own end last as long.</summary>
    public static void AllowDrain(this IServiceCollection services, TimeSpan drain) => services.Configure<HostOptions>(host => host.ShutdownTimeout = drain + StopLimit);

    /// <summary>
    /// Starts the web server and the engine, then the member's own work. The exit code: 0 when it was told to end, <see cref="Removed"/>, or
    /// <see cref="ConfigurationFile.CannotStart"/> with the reason in the log.
    /// </summary>
    /// <param name="app">Everything registered.</param>
    /// <param name="options">How it joins.</param>
    /// <param name="drain">How long its end may take before it leaves.</param>
    /// <param name="log">Where faults go.</param>
    /// <param name="begin">Begins the work; its token is cancelled when the process ends meanwhile. The engine runs, and may still be joining, or be removed again.</param>
    public static async Task<int> RunMemberAsync(this WebApplication app, ClusterOptions options, TimeSpan drain, IPipelineLog log, Func<ActorSystem, CancellationToken, Task> begin)
    {
        MemberWatch watch = MemberWatch.Begin(drain, log);
        using var stopping = new CancellationTokenSource();
        using CancellationTokenRegistration told = app.Lifetime.ApplicationStopping.Register(() =>
        {
            watch.Ends();
            stopping.Cancel();
        });
        int code;
        bool begun = false;
        string step = "The web server or the engine does not start";
        app.MapHealth(() => Volatile.Read(ref begun));
        try
        {
            await app.StartAsync(stopping.Token);
            ActorSystem system = app.Services.GetRequiredService<ActorSystem>();
            Akka.Cluster.Cluster cluster = Akka.Cluster.Cluster.Get(system);
            watch.Follow(cluster, options.JoinTimeout);
            _ = system.WhenTerminated.ContinueWith(_ => stopping.CancelAsync(), TaskScheduler.Default);
            SeedDiscovery? discovery = options.SeedsDns is { } dns ? DiscoveryOf(dns, cluster, log) : null;
            Task joining = discovery?.RunAsync(cluster, stopping.Token) ?? Task.CompletedTask;
            system.ActorOf(ReunionActor.Props(() => discovery?.AggregatorsAsync() ?? Task.FromResult<IReadOnlyList<Address>>(cluster.Settings.SeedNodes), LookForOthersEvery, log), ReunionActor.Name);
            step = "The work of this member does not begin";
            await begin(system, stopping.Token);
            Volatile.Write(ref begun, true);
            await joining;
            await Task.Delay(Timeout.Infinite, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            code = CodeOf(app, log);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // It was told to end, or removed, before it had begun: what it was about to do is its next life's.
            code = CodeOf(app, log);
        }
        catch (Exception fault)
        {
            log.Write(PipelineLogLevel.Error, LogEvents.MemberCannotStart, $"{step}: {ReasonOf(fault)}");
            code = ConfigurationFile.CannotStart;
        }
        watch.Ends();
        using var limit = new CancellationTokenSource(drain + StopLimit);
        await app.StopAsync(limit.Token);
        return code;
    }

    // What was attempted, and what it failed of.
    private static string ReasonOf(Exception fault)
    {
        Exception cause = fault.GetBaseException();
        return fault is AggregateException || ReferenceEquals(fault, cause) ? cause.Message : $"{fault.Message} ({cause.Message})";
    }

    private static SeedDiscovery DiscoveryOf(string dns, Akka.Cluster.Cluster cluster, IPipelineLog log)
    {
        int colon = dns.LastIndexOf(':');
        return new SeedDiscovery(cluster.SelfAddress, dns[..colon], int.Parse(dns.AsSpan(colon + 1), CultureInfo.InvariantCulture), log);
    }

    // Told to end; or not by anyone here, as when the others have given the member up, or its certificate was refused.
    private static int CodeOf(WebApplication app, IPipelineLog log)
    {
        // An engine that was not made cannot be asked for.
        if (!app.Lifetime.ApplicationStarted.IsCancellationRequested) return 0;
        CoordinatedShutdown.Reason? reason = CoordinatedShutdown.Get(app.Services.GetRequiredService<ActorSystem>()).ShutdownReason;
        if (reason is ClusterLeftReason or NotAdmittedReason) return Removed;
        // On SIGTERM the engine may be faster than the host to end itself.
        if (reason is CoordinatedShutdown.ClrExitReason || (reason is null && app.Lifetime.ApplicationStopping.IsCancellationRequested)) return 0;
        string what = reason is CoordinatedShutdown.ClusterDowningReason ? "The others have given this member up" : "The engine of this member has ended";
        log.Write(PipelineLogLevel.Warning, LogEvents.MemberRemoved, $"{what} ({reason?.GetType().Name ?? "without a reason"}). Nothing is lost; its next life joins anew.");
        return Removed;
    }
}
