using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Sql;
using LogPipeline.Configuration;
using LogPipeline.Ledger.Journal;
using LogPipeline.Node.Positions;
using LogPipeline.Protocol;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Positions;

/// <summary>What positions in a database must do, whichever it is.</summary>
public abstract class PositionStoreContract
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_was_appended_is_there_in_the_next_life()
    {
        await using Place place = await OpenAsync();
        await place.LiveAsync(store =>
        {
            Put(store, (1, "one"), (2, "two"));
            Put(store, (2, "other"));
        });
        await place.LiveAsync(store =>
        {
            Assert.Equal("one", Get(store, 1));
            Assert.Equal("other", Get(store, 2));
            using var batch = new JournalBatch();
            batch.Delete(new FileId(1));
            store.Append(batch);
        });
        await place.LiveAsync(store => Assert.Null(Get(store, 1)));
    }

    [Fact]
    public async Task A_life_that_recorded_nothing_counts_as_one()
    {
        await using Place place = await OpenAsync();
        var numbers = new List<long>();
        for (int life = 0; life < 3; life++) await place.LiveAsync(store => numbers.Add(store.Sequence));
        Assert.Equal([1, 2, 3], numbers);
    }

    [Fact]
    public async Task A_snapshot_and_what_follows_it_are_recovered()
    {
        await using Place place = await OpenAsync();
        await place.LiveAsync(store =>
        {
            for (int number = 1; number <= 520; number++) Put(store, ((ulong)(number % 7), $"value {number}"));
        });
        await place.LiveAsync(store =>
        {
            for (int number = 514; number <= 520; number++) Assert.Equal($"value {number}", Get(store, (ulong)(number % 7)));
        });
    }

    internal abstract Task<Place> OpenAsync();

    private static void Put(PersistedCheckpoints store, params (ulong Key, string Value)[] values)
    {
        using var batch = new JournalBatch();
        foreach ((ulong key, string value) in values) batch.Put(new FileId(key), System.Text.Encoding.UTF8.GetBytes(value));
        store.Append(batch);
    }

    private static string? Get(PersistedCheckpoints store, ulong key) =>
        store.TryGet(new FileId(key), out ReadOnlyMemory<byte> value) ? System.Text.Encoding.UTF8.GetString(value.Span) : null;

    /// <summary>A database, and the lives of a node over it.</summary>
    internal sealed class Place(ClusterOptions options, LedgerOptions ledger, Func<string, string?> environment, IDisposable owned) : IAsyncDisposable
    {
        public PositionDatabase? TryOpen() => PositionDatabase.TryOpen(options, ledger, "host", environment);

        public async Task LiveAsync(Action<PersistedCheckpoints> act)
        {
            using PositionDatabase database = TryOpen() ?? throw new InvalidOperationException("Another life holds the positions.");
            Config config = ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = WARNING }").WithFallback(ConfigurationFactory.ParseString(database.Hocon)).WithFallback(SqlPersistence.DefaultConfiguration);
            using var system = ActorSystem.Create("positions", config);
            act(await PersistedCheckpoints.RecoverAsync(system.ActorOf(database.JournalProps()), RecoveryPatience.Default, TestContext.Current.CancellationToken));
            await system.Terminate().WaitAsync(EndLimit);
        }

        public ValueTask DisposeAsync()
        {
            owned.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
