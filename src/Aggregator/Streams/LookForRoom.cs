namespace LogPipeline.Aggregator.Streams;

/// <summary>Told to a stream whose next chunk has waited for room or for its tenant's rate: there may be some now. Never leaves the process.</summary>
public sealed class LookForRoom
{
    private LookForRoom()
    {
    }

    public static LookForRoom Instance { get; } = new();
}
