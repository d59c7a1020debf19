using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Ledger;

/// <summary>
/// Crashes, full disks and failing calls, on a disk that keeps its promises: nothing acknowledged is lost, no batch is half there, nothing counts as damage.
/// </summary>
public sealed class CheckpointJournalCrashTests
{
    [Fact]
    public void A_crash_in_any_write_keeps_what_was_acknowledged()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            using var whole = new Simulation(seed);
            whole.Run(batches: 25);
            for (int write = 1; write <= whole.Storage.Writes; write++)
            {
                using var crashed = new Simulation(seed);
                crashed.Storage.Faults = new StateStorageFaults { CrashAtWrite = write };
                crashed.Run(batches: 25);
                crashed.Run(batches: 3);
            }
        }
    }

    [Fact]
    public void Crashes_failing_calls_and_a_full_disk_together_keep_what_was_acknowledged()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            using var simulation = new Simulation(seed);
            for (int life = 0; life < 6; life++)
            {
                simulation.Storage.Faults = new StateStorageFaults
                {
                    CrashAtWrite = random.Next(3) == 0 ? 0 : simulation.Storage.Writes + random.Next(1, 40),
                    WriteErrors = random.Next(2) == 0 ? 0 : random.NextDouble() * 0.3,
                    ReadErrors = random.Next(4) == 0 ? 0.2 : 0,
                    CapacityBytes = random.Next(3) == 0 ? random.Next(500, 8000) : long.MaxValue,
                };
                simulation.Run(random.Next(1, 15));
            }

            simulation.Storage.Faults = new StateStorageFaults();
            simulation.Run(batches: 2);
        }
    }

    /// <summary>A journal, the states that it may be recovered in, and a process that dies and comes back.</summary>
    private sealed class Simulation : IDisposable
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly JournalBatch _batch = new();
        private CheckpointJournal? _journal;

        /// <summary>What the process saw last.</summary>
        private Dictionary<FileId, byte[]> _current = [];

        /// <summary>The acknowledged state, and those that appends which failed since might have left.</summary>
        private List<Dictionary<FileId, byte[]>> _possible = [[]];

        public Simulation(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            Storage = new InMemoryStateStorage(_random);
        }

        public InMemoryStateStorage Storage { get; }

        /// <summary>Appends batches until a crash; restarts after it.</summary>
        public void Run(int batches)
        {
            try
            {
                if (_journal is null && !TryOpen()) return;
                for (int number = 0; number < batches; number++) Append();
                if (_random.Next(3) == 0) Die();
            }
            catch (SimulatedCrashException)
            {
                Die();
            }
        }

        public void Dispose()
        {
            _journal?.Dispose();
            _batch.Dispose();
        }

        private bool TryOpen()
        {
            JournalRecovery recovery;
            try
            {
                _journal = CheckpointJournal.Open(Storage, CheckpointJournalModel.SmallOptions, out recovery);
            }
            catch (IOException) when (Storage.Faults.ReadErrors > 0 || Storage.Faults.WriteErrors > 0 || Storage.Faults.CapacityBytes < long.MaxValue)
            {
                return false;
            }

            Assert.False(recovery.IsDamaged, $"seed {_seed}: {string.Join('\n', recovery.Findings)}");
            Assert.Empty(recovery.SetAsideBefore);
            _current = CheckpointJournalModel.StateOf(_journal);
            Assert.True(_possible.Exists(state => CheckpointJournalModel.Same(state, _current)), $"seed {_seed}: recovered a state that was never appended");
            Assert.Equal(_current.Count, recovery.Keys);
            // What a process has seen when it started, nothing may take back: it acts on it at once.
            _possible = [_current];
            return true;
        }

        private void Append()
        {
            Dictionary<FileId, byte[]> after = CheckpointJournalModel.Fill(_batch, _current, _random);
            _possible.Add(after);
            try
            {
                _journal!.Append(_batch);
                _current = after;
                _possible = [after];
            }
            catch (IOException)
            {
                // The batch may come back whole after a crash, and until then is nowhere to be seen.
            }

            Assert.True(CheckpointJournalModel.Same(_current, CheckpointJournalModel.StateOf(_journal!)), $"seed {_seed}: memory differs");
        }

        private void Die()
        {
            _journal?.Dispose();
            _journal = null;
            if (_random.Next(2) == 0) Storage.KillProcess();
            else Storage.CutPower();
            Storage.Faults = new StateStorageFaults();
            if (_random.Next(2) == 0 && TryOpen() && _random.Next(2) == 0)
            {
                _journal!.Dispose();
                _journal = null;
                Storage.CutPower();
            }
        }
    }
}
