using Akka.Actor;

namespace LogPipeline.Cluster.Bootstrap;

/// <summary>A member ends as it has not come up in time: its next life tries again.</summary>
public sealed class NotAdmittedReason : CoordinatedShutdown.Reason
{
    private NotAdmittedReason()
    {
    }

    public override int ExitCode => MemberHost.Removed;

    public static NotAdmittedReason Instance { get; } = new();
}
