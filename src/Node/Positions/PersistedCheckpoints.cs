using System.Diagnostics;
using Akka.Actor;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Tailing;

namespace LogPipeline.Node.Positions;

/// <summary>
/// Checkpoints behind a <see cref="PositionJournalActor"/>: the map in memory, appended to once the database has the batch. Appending waits for that, so only the
/// recorder's actor does it.
/// </summary>
public sealed class PersistedCheckpoints : ICheckpointStore
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly JournalMap _map = new();
    private readonly IActorRef _journal;

    private PersistedCheckpoints(IActorRef journal, RecoveredPositions recovered)
    {
        _journal = journal;
        _map.Apply(recovered.Payload);
        Sequence = recovered.Sequence;
    }

    public bool IsReadOnly => false;

    public long Sequence { get; private set; }

    /// <summary>
    /// Waits until the positions of earlier lives are there, and records that another life has begun: <see cref="Sequence"/> is larger than in any life before, also when those
    /// recorded nothing. Throws <see cref="IOException"/>, which says what the database did not do, when it does not give them for minutes, or takes nothing.
    /// </summary>
    /// <param name="journal">A <see cref="PositionJournalActor"/>, or its supervisor.</param>
    /// <param name="patience">How long the database may take.</param>
    /// <param name="stopping">The process ends: nothing is waited for any more.</param>
    public static async Task<PersistedCheckpoints> RecoverAsync(IActorRef journal, RecoveryPatience patience, CancellationToken stopping)
    {
        var store = new PersistedCheckpoints(journal, await AskAsync<RecoveredPositions>(journal, AskPositions.Instance, "give the positions of earlier lives", patience, stopping));
        using var begun = new JournalBatch();
        // The ledger's own entry, as it is; a delete of what is not there changes nothing either.
        if (store.TryGet(default, out ReadOnlyMemory<byte> own)) begun.Put(default, own.Span);
        else begun.Delete(default);
        // Recorded twice it changes nothing but the number.
        var batch = new CheckpointBatch(begun.Payload.ToArray());
        store.Recorded(batch, await AskAsync<BatchPersisted>(journal, batch, "record that this life begins", patience, stopping));
        return store;
    }

    // A journal that is started again forgets who had asked.
    private static async Task<T> AskAsync<T>(IActorRef journal, object question, string what, RecoveryPatience patience, CancellationToken stopping)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await journal.Ask<T>(question, patience.AskAgainAfter, stopping);
            }
            catch (AskTimeoutException late)
            {
                if (Stopwatch.GetElapsedTime(began) > patience.Limit)
                    throw new IOException($"The database of positions did not {what} within {patience.Limit.TotalSeconds} s. Is its disk full or very slow, or PostgreSQL out of reach?", late);
            }
        }
    }

    public bool TryGet(FileId key, out ReadOnlyMemory<byte> value)
    {
        bool found = _map.TryGet(key, out byte[]? bytes);
        value = bytes;
        return found;
    }

    public KeyValuePair<FileId, ReadOnlyMemory<byte>>[] ToArray() => _map.ToArray();

    public void Append(JournalBatch batch)
    {
        if (batch.Count == 0) return;
        var committed = new CheckpointBatch(batch.Payload.ToArray());
        try
        {
            Recorded(committed, _journal.Ask<BatchPersisted>(committed, AnswerLimit).GetAwaiter().GetResult());
        }
        catch (AskTimeoutException late)
        {
            // It may still become durable; it is appended again, which changes nothing then.
            throw new IOException("The database of positions does not answer.", late);
        }
    }

    private void Recorded(CheckpointBatch batch, BatchPersisted persisted)
    {
        Sequence = persisted.Sequence;
        _map.Apply(batch.Payload);
    }
}
