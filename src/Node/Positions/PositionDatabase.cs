using Akka.Actor;
using Akka.Pattern;
using LogPipeline.Configuration;
using LogPipeline.Protocol;
using Npgsql;

namespace LogPipeline.Node.Positions;

/// <summary>Which database has the positions, and the lock that keeps a second writer away.</summary>
public sealed class PositionDatabase : IDisposable
{
    // A process that has just ended may hold its lock for a moment longer.
    private const int LockTimeoutMillis = 3000;

    private readonly NpgsqlConnection? _lock;

    private PositionDatabase(string provider, string connection, string persistenceId, NpgsqlConnection? held) =>
        (Provider, Connection, PersistenceId, _lock) = (provider, connection, persistenceId, held);

    /// <summary>LinqToDB's name of the database.</summary>
    public string Provider { get; }

    public string Connection { get; }

    public string PersistenceId { get; }

    /// <summary>The configuration of Akka.Persistence.Sql for it.</summary>
    public string Hocon => $$"""
        akka.persistence {
          # On a busy machine the first query of a database takes long; giving up and beginning anew takes longer.
          journal-plugin-fallback.recovery-event-timeout = 120s
          journal { plugin = "akka.persistence.journal.sql", sql { {{Settings}} } }
          snapshot-store { plugin = "akka.persistence.snapshot-store.sql", sql { {{Settings}} } }
        }
        akka.actor {
          serializers.checkpoints = "LogPipeline.Node.Positions.CheckpointSerializer, pipeline-node"
          serialization-bindings {
            "LogPipeline.Node.Positions.CheckpointBatch, pipeline-node" = checkpoints
            "LogPipeline.Node.Positions.CheckpointSnapshot, pipeline-node" = checkpoints
          }
        }
        """;

    private string Settings => $"connection-string = \"{Connection.Replace("\"", "\\\"", StringComparison.Ordinal)}\", provider-name = \"{Provider}\", auto-initialize = true";

    /// <summary>
    /// SQLite in the state directory, or PostgreSQL where the configuration names a variable with its connection string; there an advisory lock is taken and held, as
    /// the state directory's lock tells nothing about another machine. Null when another process has it. Throws <see cref="NpgsqlException"/> when PostgreSQL cannot be reached.
    /// </summary>
    public static PositionDatabase? TryOpen(ClusterOptions options, LedgerOptions ledger, string host, Func<string, string?> environment)
    {
        string persistenceId = "positions-" + host;
        if (options.PositionsEnv is not { } variable)
        {
            // SQLite's own default, synchronous=FULL with a rollback journal: a committed batch survives a power cut.
            return new PositionDatabase("SQLite.MS", $"Data Source={Path.Combine(ledger.StateDirectory, "positions.db")}", persistenceId, null);
        }
        string connection = environment(variable) ?? throw new ArgumentException($"cluster.positions_env: {variable} is not set");
        var held = new NpgsqlConnection(connection + ";Pooling=false;Keepalive=30");
        held.Open();
        using var command = new NpgsqlCommand($"SET lock_timeout = {LockTimeoutMillis}; SELECT pg_advisory_lock(hashtextextended('{persistenceId.Replace("'", "''", StringComparison.Ordinal)}', 0))", held);
        try
        {
            command.ExecuteNonQuery();
            return new PositionDatabase("PostgreSQL.9.5", connection, persistenceId, held);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            held.Dispose();
            return null;
        }
    }

    /// <summary>The journal's actor, started again with a growing pause whenever the database has refused.</summary>
    public Props JournalProps() => BackoffSupervisor.Props(Backoff.OnStop(
        Akka.Actor.Props.Create(() => new PositionJournalActor(PersistenceId)), "journal", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), 0.2, -1));

    public void Dispose() => _lock?.Dispose();
}
