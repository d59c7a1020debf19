namespace LogPipeline.Tests.Indexing.Connections;

public sealed class StoreRequestsTests() : StoreRequestsContract(CoreStoreClient.Make);
