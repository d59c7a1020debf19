using Akka.Actor;

namespace LogPipeline.Cluster.Reunion;

/// <summary>A member ends to join another, larger cluster in its next life.</summary>
public sealed class ClusterLeftReason : CoordinatedShutdown.Reason
{
    private ClusterLeftReason()
    {
    }

    public override int ExitCode => 1;

    public static ClusterLeftReason Instance { get; } = new();
}
