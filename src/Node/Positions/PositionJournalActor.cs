using Akka.Actor;
using Akka.Persistence;
using LogPipeline.Ledger.Journal;

namespace LogPipeline.Node.Positions;

/// <summary>
/// The checkpoints of a node in Akka.Persistence: one event a batch, a snapshot now and then, and what lies before a snapshot deleted. Stops when the database
/// refuses an event, as its state is uncertain then; its supervisor starts it again, and it recovers what is there.
/// </summary>
public sealed class PositionJournalActor : ReceivePersistentActor
{
    private const int BatchesASnapshot = 500;

    private readonly JournalMap _map = new();

    public PositionJournalActor(string persistenceId)
    {
        PersistenceId = persistenceId;
        Recover<SnapshotOffer>(offer => _map.Apply(((CheckpointSnapshot)offer.Snapshot).Payload));
        Recover<CheckpointBatch>(batch => _map.Apply(batch.Payload));
        Command<CheckpointBatch>(batch => Persist(batch, Apply));
        Command<AskPositions>(_ => Sender.Tell(new RecoveredPositions(_map.ToPayload(), LastSequenceNr)));
        Command<SaveSnapshotSuccess>(saved =>
        {
            DeleteMessages(saved.Metadata.SequenceNr);
            DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
        });
        // A snapshot that fails costs the next start time; one that cannot be deleted costs room.
        Command<SaveSnapshotFailure>(_ => { });
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteMessagesFailure>(_ => { });
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(_ => { });
    }

    public override string PersistenceId { get; }

    private void Apply(CheckpointBatch batch)
    {
        _map.Apply(batch.Payload);
        Sender.Tell(new BatchPersisted(LastSequenceNr));
        if (LastSequenceNr % BatchesASnapshot == 0) SaveSnapshot(new CheckpointSnapshot(_map.ToPayload()));
    }
}
