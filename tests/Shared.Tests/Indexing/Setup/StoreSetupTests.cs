using LogPipeline.Indexing.Setup;
using LogPipeline.Tests.Indexing.Connections;

namespace LogPipeline.Tests.Indexing.Setup;

public sealed class StoreSetupTests() : StoreSetupContract(CoreStoreClient.Make)
{
    [Theory]
    [InlineData("logs-{tenant}-{day}", "logs-*")]
    [InlineData("{tenant}-logs-{day}", "*-logs-*")]
    [InlineData("everything", "everything")]
    public void The_pattern_of_indices_is_what_all_their_names_share(string index, string expected) => Assert.Equal(expected, IndexTemplates.PatternOf(index));

    [Fact]
    public void The_recorded_server_is_recognised_and_a_stranger_is_not()
    {
        Assert.True(ServerVersion.TryParse(RecordedExchange.Load("plain/info").Body, out ServerVersion version));
        Assert.Equal(new ServerVersion(true, 1, 3), version);
        Assert.False(ServerVersion.TryParse("<html>"u8, out _));
        Assert.False(ServerVersion.TryParse("""{"version":{"number":"6.8.0"}}"""u8, out _));
    }
}
