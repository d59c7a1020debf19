using System.Diagnostics;
using Akka.Cluster;
using LogPipeline.Observability;

namespace LogPipeline.Cluster.Bootstrap;

/// <summary>
/// Ends a process that is no use any more and does not end by itself: a member that was up and is not, or one whose end hangs. SIGKILL loses nothing, as a restart goes
/// on from the durable positions; a process that lingers keeps its address, its lock and its streams from the one that would take its place.
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

    /// <summary>Watches whether it stays up, too.</summary>
    public void Follow(Akka.Cluster.Cluster cluster) => _cluster = cluster;

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
        if (up || !_wasUp)
        {
            _notUpSince = null;
            return;
        }
        _notUpSince ??= Stopwatch.GetTimestamp();
        if (Stopwatch.GetElapsedTime(_notUpSince.Value) > NotUpLimit) Kill($"it has not been up for {NotUpLimit.TotalSeconds} s");
    }

    private void Kill(string why)
    {
        _log.Write(PipelineLogLevel.Warning, LogEvents.MemberKilled, $"This member ends at once: {why}. Nothing is lost; its next life joins anew.");
        Process.GetCurrentProcess().Kill();
    }
}
