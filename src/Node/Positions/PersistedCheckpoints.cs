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
    // A journal that is started again forgets who had asked.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5), RecoveryLimit = TimeSpan.FromMinutes(5), AnswerLimit = TimeSpan.FromSeconds(10);

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
    /// recorded nothing. Throws <see cref="IOException"/> when the database does not give them for minutes, or takes nothing.
    /// </summary>
    /// <param name="journal">A <see cref="PositionJournalActor"/>, or its supervisor.</param>
    /// <param name="stopping">The process ends: nothing is waited for any more.</param>
    public static async Task<PersistedCheckpoints> RecoverAsync(IActorRef journal, CancellationToken stopping)
    {
        var store = new PersistedCheckpoints(journal, await AskAsync(journal, stopping));
        using var begun = new JournalBatch();
        // The ledger's own entry, as it is; a delete of what is not there changes nothing either.
        if (store.TryGet(default, out ReadOnlyMemory<byte> own)) begun.Put(default, own.Span);
        else begun.Delete(default);
        store.Append(begun);
        return store;
    }

    private static async Task<RecoveredPositions> AskAsync(IActorRef journal, CancellationToken stopping)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await journal.Ask<RecoveredPositions>(AskPositions.Instance, AskAgainAfter, stopping);
            }
            catch (AskTimeoutException late)
            {
                if (Stopwatch.GetElapsedTime(began) > RecoveryLimit) throw new IOException($"The database of positions gives nothing for {RecoveryLimit.TotalMinutes} minutes.", late);
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
