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
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(2), AnswerLimit = TimeSpan.FromSeconds(10);

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
    /// recorded nothing. Throws <see cref="AskTimeoutException"/> when the database does not give them, <see cref="IOException"/> when it takes nothing.
    /// </summary>
    public static async Task<PersistedCheckpoints> RecoverAsync(IActorRef journal)
    {
        var store = new PersistedCheckpoints(journal, await journal.Ask<RecoveredPositions>(AskPositions.Instance, RecoveryLimit));
        using var begun = new JournalBatch();
        // The ledger's own entry, as it is; a delete of what is not there changes nothing either.
        if (store.TryGet(default, out ReadOnlyMemory<byte> own)) begun.Put(default, own.Span);
        else begun.Delete(default);
        store.Append(begun);
        return store;
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
            Sequence = _journal.Ask<BatchPersisted>(committed, AnswerLimit).GetAwaiter().GetResult().Sequence;
        }
        catch (AskTimeoutException late)
        {
            // It may still become durable; it is appended again, which changes nothing then.
            throw new IOException("The database of positions does not answer.", late);
        }
        _map.Apply(committed.Payload);
    }
}
