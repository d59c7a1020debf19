using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using LogPipeline.Observability;

namespace LogPipeline.Cluster.Bootstrap;

/// <summary>
/// Ends a process that is no use any more and does not end by itself: a member that never came up, one that was up and is not, or one whose end hangs. SIGKILL loses
/// nothing, as a restart goes on from the durable positions; a process that lingers keeps its address, its lock and its streams from the one that would take its place.
/// </summary>
internal sealed class MemberWatch
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1), LeaveLimit = TimeSpan.FromSeconds(40), NotUpLimit = TimeSpan.FromSeconds(15);

    // Kept so that the timer lives as long as the process.
    private static Timer? s_timer;

    private readonly TimeSpan _endLimit;
    private readonly IPipelineLog _log;
    private volatile Akka.Cluster.Cluster? _cluster;
    private long? _endsSince, _notUpSince;
    private long _followsSince;
    private TimeSpan _joinTimeout;
    private bool _wasUp;

    private MemberWatch(TimeSpan endLimit, IPipelineLog log) => (_endLimit, _log) = (endLimit, log);

    /// <summary>Watches the process's end from now on.</summary>
    /// <param name="drain">What its end may take before it leaves.</param>
    /// <param name="log">Is told why the process is killed.</param>
    public static MemberWatch Begin(TimeSpan drain, IPipelineLog log)
    {
        var watch = new MemberWatch(drain + LeaveLimit, log);
        s_timer = new Timer(_ => watch.Look(), null, LookEvery, LookEvery);
        return watch;
    }

    /// <summary>Watches, too, whether it comes up within <paramref name="joinTimeout"/> from now, and stays up.</summary>
    public void Follow(Akka.Cluster.Cluster cluster, TimeSpan joinTimeout)
    {
        (_followsSince, _joinTimeout) = (Stopwatch.GetTimestamp(), joinTimeout);
        _cluster = cluster;
    }

    /// <summary>The process was told to end, or has nothing left to run for.</summary>
    public void Ends() => _endsSince ??= Stopwatch.GetTimestamp();

    private void Look()
    {
        if (_endsSince is { } ends)
        {
            if (Stopwatch.GetElapsedTime(ends) > _endLimit) Kill($"its end takes longer than {_endLimit.TotalSeconds} s");
            return;
        }
        if (_cluster is not { } cluster) return;
        bool up = !cluster.IsTerminated && cluster.SelfMember.Status == MemberStatus.Up;
        _wasUp |= up;
        if (up)
        {
            _notUpSince = null;
            return;
        }
        if (!_wasUp)
        {
            if (Stopwatch.GetElapsedTime(_followsSince) > _joinTimeout) LeaveUnadmitted(cluster);
            return;
        }
        _notUpSince ??= Stopwatch.GetTimestamp();
        if (Stopwatch.GetElapsedTime(_notUpSince.Value) > NotUpLimit) Kill($"it has not been up for {NotUpLimit.TotalSeconds} s");
    }

    // The engine's own end, as there may be something that was joined half.
    private void LeaveUnadmitted(Akka.Cluster.Cluster cluster)
    {
        _log.Write(
            PipelineLogLevel.Warning, LogEvents.MemberNotAdmitted,
            $"This member has not come up within {_joinTimeout.TotalSeconds} s (cluster.join_timeout; it is {cluster.SelfMember.Status}), and ends: its next life tries again. Are the aggregators of cluster.seeds or seeds_dns up, and do they reach {cluster.SelfAddress}?");
        Ends();
        _ = CoordinatedShutdown.Get(cluster.System).Run(NotAdmittedReason.Instance);
    }

    private void Kill(string why)
    {
        _log.Write(PipelineLogLevel.Warning, LogEvents.MemberKilled, $"This member ends at once: {why}. Nothing is lost; its next life joins anew.");
        Process.GetCurrentProcess().Kill();
    }
}
