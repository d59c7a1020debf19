using LogPipeline.Indexing;

namespace LogPipeline.Tests.Simulation.Storing;

/// <summary>The pipeline's own sender, with somebody who looks at what goes in and comes out.</summary>
internal sealed class ObservedSender(BulkSender sender, Action<BulkBody> arriving, Action<BulkBody> settled) : IBulkSender
{
    /// <summary>Bodies without an outcome.</summary>
    public int Open { get; private set; }

    public void Send(BulkBody body, Action<BulkBody> completed)
    {
        arriving(body);
        Open++;
        sender.Send(body, done =>
        {
            Open--;
            settled(done);
            completed(done);
        });
    }

    public int InFlight(string tenant) => sender.InFlight(tenant);
}
