namespace LogPipeline.Indexing;

/// <summary>
/// Brings bodies to the store: in order of arrival within a tenant, tenants side by side, as many requests at once as the store bears.
/// </summary>
public interface IBulkSender
{
    /// <summary>
    /// Takes a body over. <paramref name="completed"/> is called once, on any thread, when the outcome of every item is certain; the
    /// sender retries for as long as that takes.
    /// </summary>
    void Send(BulkBody body, Action<BulkBody> completed);

    /// <summary>Bodies of this tenant that were taken and are not completed.</summary>
    int InFlight(string tenant);
}
