using LogPipeline.Configuration;
using LogPipeline.Node.Positions;
using LogPipeline.Protocol;

namespace LogPipeline.Tests.Positions;

public sealed class PositionsInPostgresTests : PositionStoreContract
{
    [Fact]
    public async Task A_second_process_does_not_get_the_positions()
    {
        await using Place place = await OpenAsync();
        using PositionDatabase? first = place.TryOpen();
        Assert.NotNull(first);
        Assert.Null(place.TryOpen());
        first.Dispose();
        using PositionDatabase? next = place.TryOpen();
        Assert.NotNull(next);
    }

    internal override async Task<Place> OpenAsync()
    {
        Assert.SkipWhen(PostgresServer.Programs is null, "wants PostgreSQL");
        PostgresServer server = await PostgresServer.StartAsync();
        return new Place(new ClusterOptions { PositionsEnv = "POSITIONS" }, new LedgerOptions(), _ => server.ConnectionString, server);
    }
}
