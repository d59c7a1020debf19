namespace LogPipeline.Tests.Indexing.Connections;

public sealed class StoreTlsTests() : StoreTlsContract(CoreStoreClient.Make);
