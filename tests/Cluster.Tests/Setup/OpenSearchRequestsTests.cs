using LogPipeline.Aggregator.Setup;
using LogPipeline.Tests.Indexing.Connections;
using LogPipeline.Tests.Indexing.Setup;

namespace LogPipeline.Tests.Setup;

/// <summary>OpenSearch.Client as aggregators use it does what the core's own client does.</summary>
internal static class OpenSearchStoreClient
{
    public static StoreClient Make { get; } = (addresses, store, indexing, handler, _) => new OpenSearchRequests(addresses, store, indexing, handler);
}

public sealed class OpenSearchRequestsTests() : StoreRequestsContract(OpenSearchStoreClient.Make);

public sealed class OpenSearchTlsTests() : StoreTlsContract(OpenSearchStoreClient.Make);

public sealed class OpenSearchSetupTests() : StoreSetupContract(OpenSearchStoreClient.Make);

public sealed class OpenSearchRetentionTests() : RetentionSetupContract(OpenSearchStoreClient.Make);
