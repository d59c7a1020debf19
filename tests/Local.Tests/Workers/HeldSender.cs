using LogPipeline.Indexing;

namespace LogPipeline.Tests.Workers;

/// <summary>Keeps the bodies until a test says that the store has them.</summary>
internal sealed class HeldSender : IBulkSender
{
    private readonly Queue<(BulkBody Body, Action<BulkBody> Completed)> _underWay = [];

    public int Count => _underWay.Count;

    /// <summary>Bytes of log of all documents that are stored.</summary>
    public long StoredBytes { get; private set; }

    public void Send(BulkBody body, Action<BulkBody> completed) => _underWay.Enqueue((body, completed));

    public int InFlight(string tenant) => _underWay.Count(sent => sent.Body.Tenant == tenant);

    /// <summary>The oldest body's documents are stored.</summary>
    public void StoreOne()
    {
        (BulkBody body, Action<BulkBody> completed) = _underWay.Dequeue();
        foreach (ref BulkItem item in body.Items)
        {
            item.Outcome = ItemOutcome.Stored;
            StoredBytes += item.RecordLengthBytes;
        }
        completed(body);
    }
}
