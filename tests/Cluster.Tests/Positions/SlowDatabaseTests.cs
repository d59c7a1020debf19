using Akka.Actor;
using LogPipeline.Ledger.Journal;
using LogPipeline.Node.Positions;

namespace LogPipeline.Tests.Positions;

/// <summary>A node starts however long its database takes, within reason; and says what it waited for when that was too long.</summary>
public sealed class SlowDatabaseTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_starts_over_a_database_that_answers_late()
    {
        using ActorSystem system = ActorSystem.Create("slow");
        var patience = new RecoveryPatience(TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        PersistedCheckpoints store = await PersistedCheckpoints.RecoverAsync(system.ActorOf(SilentJournal.Props(questions: 2, batches: 2)), patience, Cancelled);
        Assert.Equal(3, store.Sequence);
        await system.Terminate();
    }

    [Theory]
    [InlineData(int.MaxValue, 0, "did not give the positions of earlier lives")]
    [InlineData(0, int.MaxValue, "did not record that this life begins")]
    public async Task A_node_that_gives_up_says_what_its_database_did_not_do(int questions, int batches, string said)
    {
        using ActorSystem system = ActorSystem.Create("silent");
        var patience = new RecoveryPatience(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100));
        IOException fault = await Assert.ThrowsAsync<IOException>(() => PersistedCheckpoints.RecoverAsync(system.ActorOf(SilentJournal.Props(questions, batches)), patience, Cancelled));
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        await system.Terminate();
    }

    // Does not answer the first of each kind.
    private sealed class SilentJournal : ReceiveActor
    {
        public SilentJournal(int questions, int batches)
        {
            long sequence = 0;
            Receive<AskPositions>(_ =>
            {
                if (--questions < 0) Sender.Tell(new RecoveredPositions(new JournalMap().ToPayload(), sequence));
            });
            Receive<CheckpointBatch>(_ =>
            {
                sequence++;
                if (--batches < 0) Sender.Tell(new BatchPersisted(sequence));
            });
        }

        public static Props Props(int questions, int batches) => Akka.Actor.Props.Create(() => new SilentJournal(questions, batches));
    }
}
