using LogPipeline.Configuration;
using LogPipeline.Indexing.Connections;

namespace LogPipeline.Tests.Indexing.Connections;

/// <summary>Makes what sends requests to a store. Whatever can do that has to pass <see cref="StoreRequestsContract"/> and the contracts of what is set up with it.</summary>
/// <param name="addresses">The store's.</param>
/// <param name="store">Credentials.</param>
/// <param name="indexing">The time of one request.</param>
/// <param name="handler">Makes what carries requests.</param>
/// <param name="time">Clock and timers, as far as they can be given.</param>
internal delegate IStoreRequests StoreClient(IEnumerable<Uri> addresses, StoreOptions store, IndexingOptions indexing, Func<HttpMessageHandler> handler, TimeProvider time);

/// <summary>The core's own client.</summary>
internal static class CoreStoreClient
{
    public static StoreClient Make { get; } = (addresses, store, indexing, handler, time) => new StoreConnection(addresses, store, indexing, handler(), time);
}
