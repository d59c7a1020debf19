using LogPipeline.Ledger.State;
using LogPipeline.Ledger;

namespace LogPipeline.Tests.Ledger;

/// <summary>
/// A state directory on a simulated disk behind a simulated page cache. What was not synced may, at <see cref="CutPower"/>, be kept, lost, torn within a
/// sector, or replaced by old blocks, each sector and each name on its own, as a seeded random decides. Operations fail on demand (<see cref="Faults"/>)
/// and then leave the disk as unkindly as Linux may: a write half done, pages of a failed sync marked clean, a rename done although it says not.
/// Thread-safe.
/// </summary>
public sealed class InMemoryStateStorage(Random random) : IStateStorage
{
    private readonly Lock _lock = new();
    private readonly List<NameChange> _unsyncedNames = [];
    private readonly List<byte[]> _oldBlocks = [];
    private Dictionary<string, InMemoryStateFile> _durable = [];
    private Dictionary<string, InMemoryStateFile> _cached = [];

    /// <summary>Counts process lives: handles of an earlier one are dead.</summary>
    private int _life;
    private bool _dead;

    /// <summary>What goes wrong; nothing by default.</summary>
    public StateStorageFaults Faults { get; set; } = new();

    /// <summary>Successful and failed calls that change the disk, since the beginning. The unit of <see cref="StateStorageFaults.CrashAtWrite"/>.</summary>
    public int Writes { get; private set; }

    /// <summary>Calls of a file's sync.</summary>
    public int FileSyncs { get; private set; }

    /// <summary>Calls of the directory's sync.</summary>
    public int DirectorySyncs { get; private set; }

    /// <summary>The names as a process sees them, sorted.</summary>
    public IReadOnlyList<string> Names
    {
        get { lock (_lock) return [.. _cached.Keys.Order(StringComparer.Ordinal)]; }
    }

    /// <summary>The process ends, the machine stays up: the page cache survives, open handles do not.</summary>
    public void KillProcess()
    {
        lock (_lock)
        {
            _life++;
            _dead = false;
        }
    }

    /// <summary>The machine stops: of what was not synced, chance decides.</summary>
    public void CutPower()
    {
        lock (_lock)
        {
            var names = new Dictionary<string, InMemoryStateFile>(_durable);
            foreach (NameChange change in _unsyncedNames)
            {
                if (random.Next(2) == 0) change.Apply(names);
            }

            foreach (InMemoryStateFile file in names.Values.Distinct()) file.CutPower(random, _oldBlocks);
            _unsyncedNames.Clear();
            _durable = names;
            _cached = new Dictionary<string, InMemoryStateFile>(names);
            _life++;
            _dead = false;
        }
    }

    /// <summary>A file's bytes as a process sees them.</summary>
    public byte[] ReadAll(string name)
    {
        lock (_lock) return _cached[name].Cached.ToArray();
    }

    /// <summary>Changes a file behind everybody's back, durably: what a failing disk or a person does. Creates it if absent.</summary>
    public void Overwrite(string name, byte[] content)
    {
        lock (_lock)
        {
            if (!_cached.ContainsKey(name)) _cached[name] = _durable[name] = new InMemoryStateFile();
            _cached[name].Overwrite(content);
        }
    }

    /// <summary>Loses a name behind everybody's back, durably.</summary>
    public void Remove(string name)
    {
        lock (_lock)
        {
            _cached.Remove(name);
            _durable.Remove(name);
        }
    }

    public IReadOnlyList<string> List()
    {
        lock (_lock)
        {
            ThrowIfDead();
            return [.. _cached.Keys];
        }
    }

    public IStateStorageReader OpenRead(string name)
    {
        lock (_lock)
        {
            ThrowIfDead();
            if (!_cached.TryGetValue(name, out InMemoryStateFile? file)) throw new FileNotFoundException($"{name} does not exist.");
            if (Chance(Faults.ReadErrors)) throw new IOException($"{name}: Input/output error");
            return new Reader(file.Cached.ToArray());
        }
    }

    public IStateStorageFile Create(string name)
    {
        lock (_lock)
        {
            var file = new InMemoryStateFile();
            Change($"create {name}", done =>
            {
                if (done < 1) return;
                if (_cached.TryGetValue(name, out InMemoryStateFile? old)) _oldBlocks.Add(old.Cached.ToArray());
                ChangeName(new NameChange(null, name, file));
            });
            return new Handle(this, file, name);
        }
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            if (!_cached.TryGetValue(from, out InMemoryStateFile? file)) throw new FileNotFoundException($"{from} does not exist.");
            Change($"rename {from}", done =>
            {
                if (done >= 0.5) ChangeName(new NameChange(from, to, file));
            });
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            if (!_cached.TryGetValue(name, out InMemoryStateFile? file)) return;
            Change($"delete {name}", done =>
            {
                if (done < 0.5) return;
                _oldBlocks.Add(file.Cached.ToArray());
                ChangeName(new NameChange(name, null, file));
            });
        }
    }

    public void SyncDirectory()
    {
        lock (_lock)
        {
            DirectorySyncs++;
            Change("sync of the directory", done =>
            {
                foreach (NameChange change in _unsyncedNames)
                {
                    if (done >= 1 || random.NextDouble() < done) change.Apply(_durable);
                }

                _unsyncedNames.Clear();
            });
        }
    }

    /// <summary>
    /// Runs one call that changes the disk; <paramref name="change"/> gets how much of it happens, 1 being all. Fails or crashes as <see cref="Faults"/> say.
    /// </summary>
    private void Change(string what, Action<double> change, long bytes = 0)
    {
        ThrowIfDead();
        Writes++;
        if (Writes == Faults.CrashAtWrite)
        {
            change(random.NextDouble());
            _dead = true;
            throw new SimulatedCrashException();
        }

        if (bytes > 0 && _cached.Values.Sum(file => (long)file.Cached.Length) + bytes > Faults.CapacityBytes)
        {
            change(random.NextDouble());
            throw new IOException($"{what}: No space left on device");
        }

        if (Chance(Faults.WriteErrors))
        {
            change(random.NextDouble());
            throw new IOException($"{what}: Input/output error");
        }

        change(1);
    }

    private void FailSync(InMemoryStateFile file) => file.FailSync(random, _oldBlocks);

    private bool Chance(double probability) => probability > 0 && random.NextDouble() < probability;

    private void ThrowIfDead()
    {
        if (_dead) throw new SimulatedCrashException();
    }

    private void ChangeName(NameChange change)
    {
        change.Apply(_cached);
        _unsyncedNames.Add(change);
    }

    /// <summary>A file got (or lost) a name.</summary>
    private sealed record NameChange(string? From, string? To, InMemoryStateFile File)
    {
        public void Apply(Dictionary<string, InMemoryStateFile> names)
        {
            if (From is not null && names.TryGetValue(From, out InMemoryStateFile? file) && file == File) names.Remove(From);
            if (To is not null) names[To] = File;
        }
    }

    private sealed class Reader(byte[] content) : IStateStorageReader
    {
        public long LengthBytes => content.Length;

        public int Read(long offset, Span<byte> destination)
        {
            if (offset >= content.Length) return 0;
            int count = (int)Math.Min(destination.Length, content.Length - offset);
            content.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Handle(InMemoryStateStorage storage, InMemoryStateFile file, string name) : IStateStorageFile
    {
        private readonly int _life = storage._life;
        private bool _disposed;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            byte[] copy = bytes.ToArray();
            Run(() => storage.Change($"append to {name}", done => file.Append(copy[..(int)(copy.Length * done)]), copy.Length));
        }

        public void Sync() => Run(() =>
        {
            storage.FileSyncs++;
            storage.Change($"sync of {name}", done =>
            {
                if (done < 1) storage.FailSync(file);
                else file.Sync();
            });
        });

        public void Truncate(long lengthBytes) => Run(() => storage.Change($"cut of {name}", done =>
        {
            if (done >= 0.5) file.Truncate((int)lengthBytes);
        }));

        public void Dispose() => _disposed = true;

        private void Run(Action action)
        {
            lock (storage._lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (_life != storage._life) throw new SimulatedCrashException();
                action();
            }
        }
    }
}
