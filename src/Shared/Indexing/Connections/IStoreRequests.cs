namespace LogPipeline.Indexing.Connections;

/// <summary>
/// Single requests that are not about documents: what the store is, templates, policies. <see cref="StoreConnection"/> sends them, and an edition may bring a client
/// of its own. Every failure of the network is an answer (<see cref="StoreAnswer.Failure"/>), never an exception.
/// </summary>
public interface IStoreRequests : IDisposable
{
    /// <summary>For people: the addresses without user information.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>Sends a request to one of the addresses. The answer is the caller's to dispose.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query behind the address's prefix, without a slash at its start.</param>
    /// <param name="json">The body; empty for none.</param>
    /// <param name="cancellationToken">Gives the answer <see cref="StoreFailure.Stopped"/>.</param>
    Task<StoreAnswer> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken);
}
