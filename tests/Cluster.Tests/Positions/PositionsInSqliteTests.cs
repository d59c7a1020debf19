using LogPipeline.Configuration;
using LogPipeline.Protocol;
using Microsoft.Data.Sqlite;

namespace LogPipeline.Tests.Positions;

public sealed class PositionsInSqliteTests : PositionStoreContract
{
    [Fact]
    public void A_committed_batch_survives_a_power_cut_by_the_librarys_own_default()
    {
        using var folder = new TemporaryFolder();
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "positions.db")}");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT s.synchronous, j.journal_mode FROM pragma_synchronous s, pragma_journal_mode j";
        using SqliteDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal((2L, "delete"), (reader.GetInt64(0), reader.GetString(1)));
    }

    internal override Task<Place> OpenAsync()
    {
        var folder = new TemporaryFolder();
        return Task.FromResult(new Place(new ClusterOptions(), new LedgerOptions { StateDirectory = folder.Path }, _ => null, folder));
    }
}
