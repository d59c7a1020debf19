using LogPipeline.Configuration;
using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Ledger;
using LogPipeline.Tailing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Tailing;
using LogPipeline.Tests.Simulation.Storing;
using LogPipeline.Tests.Simulation.Writers;

namespace LogPipeline.Tests.Simulation;

/// <summary>One seed: writers, rotations, faults, late answers and crashes in a random order, then quiet, then the oracle.</summary>
internal sealed class SimulatedRun : IDisposable
{
    private readonly Random _random;
    private readonly InMemoryFileSystem _disk;
    private readonly SimulatedTime _time;
    private readonly SimulatedWorld _world;
    private readonly ISimulatedStore _store;
    private readonly HttpStore? _http;
    private readonly FaultyDisk _faultyDisk;
    private readonly List<SimulatedWriter> _writers = [];
    private readonly Queue<Listing> _underWay = [];
    private readonly HashSet<string> _lookAgain = [];
    private readonly HashSet<string> _tenants = [], _patterns = [];
    private readonly Findings _undurable = new();
    private readonly bool _stateFails, _staleLists, _clockSteps, _reconfigures, _losesLedger;
    private bool _overtaken, _isQuiet;
    private InMemoryStateStorage _state;
    private PipelineOptions _options;
    private SimulatedProcess? _process;

    /// <param name="seed">What it all follows from.</param>
    /// <param name="wide">The sender is the pipeline's own, over HTTP; and what takes time on disk is seen while it happens. Otherwise sender and store are one model.</param>
    public SimulatedRun(int seed, bool wide)
    {
        // A test runner's context would carry the sender's continuations to other threads.
        SynchronizationContext.SetSynchronizationContext(null);
        _random = new Random(seed);
        Coverage = new Coverage();
        _disk = new InMemoryFileSystem { ReuseInodes = true, HasBirthTimes = _random.Next(5) > 0 };
        if (!_disk.HasBirthTimes) Coverage.Meet(Scenario.NoBirthTimes);
        _time = new SimulatedTime(_disk);
        _time.Advance(TimeSpan.Zero);
        _world = new SimulatedWorld(_random) { Disk = _disk, Time = _time, Coverage = Coverage, IsWide = wide, Destroys = _random.Next(3) == 0, IsDurable = IsDurable, LetRead = LetRead, IsKnownByMore = IsKnownByMore };
        if (wide) _store = _http = new HttpStore(_random, Coverage, _time) { Arriving = CheckDurable };
        else _store = new ModelStore(_random, Coverage) { RefusesOneIn = _random.Next(5) == 0 ? 17 : 0, Arriving = CheckDurable };
        _faultyDisk = new FaultyDisk(_disk, _random, Coverage) { Fails = _random.Next(4) == 0 };
        if (_random.Next(6) == 0) _disk.MaxReadBytes = _random.Next(50, 2000);
        if (_disk.MaxReadBytes < int.MaxValue) Coverage.Meet(Scenario.TornRead);
        _stateFails = _random.Next(4) == 0;
        _staleLists = _disk.HasBirthTimes && _random.Next(3) == 0; // without birth times an inode that was given out again cannot be told
        _losesLedger = _random.Next(6) == 0;
        _clockSteps = !_losesLedger && _random.Next(3) == 0;
        _reconfigures = _random.Next(3) == 0;
        _state = new InMemoryStateStorage(_random);
        _options = NextOptions(null);
        for (int number = _random.Next(1, 4); number > 0; number--) _writers.Add(_random.Next(5) switch { 0 => new DockerWriter(_world, number), <= 2 when !_losesLedger => new PlainWriter(_world, number), _ => new KubeletWriter(_world, number) });
        Start();
    }

    public Coverage Coverage { get; }

    /// <summary>Of every request that came to the store, in their order; wide runs only.</summary>
    public uint Fingerprint => _http?.Fingerprint ?? 0;

    public ISimulatedStore Store => _store;

    public IEnumerable<FileCheckpoint> Ledger => _process!.Ledger.Files;

    public Findings Play(int steps)
    {
        foreach (SimulatedWriter writer in _writers) Tell(writer);
        for (int step = 0; step < steps; step++) Step();
        Quiesce();
        Findings found = Compare(_store);
        found.Undurable.AddRange(_undurable.Undurable);
        found.Stuck.AddRange(_undurable.Stuck);
        // The same bytes give the same records; but what cannot be opened for long is read apart.
        if (!_reconfigures && !_losesLedger && !_world.Destroys && Coverage[Scenario.OpenRefused] == 0) found.Changed.AddRange(_store.Conflicts);
        foreach (FileCheckpoint file in _process!.Ledger.Files) SimulationTrace.Write($"ledger {file.Id} #{file.Ordinal} {Path.GetFileName(file.Path)}: resume {file.ResumeOffsetBytes} of {file.SizeBytes}, end {file.EndBytes}{(file.Complete ? ", complete" : "")}{(file.IsLate ? ", late" : "")}{(file.Gap ? ", gap" : "")}, {file.LostBytes} lost, stored {string.Join(" ", file.Stored)}");
        foreach (WrittenFile file in _writers.SelectMany(writer => writer.Files)) SimulationTrace.Write($"written {file.Description}");
        if (found.ReportedBytes > 0) Coverage.Meet(Scenario.LostReported);
        if (found.ExactBytes > 0) Coverage.Meet(Scenario.LostToTheByte);
        if (found.Gaps > 0) Coverage.Meet(Scenario.GapReported);
        return found;
    }

    /// <summary>What was written against what a store holds and the ledger says, when all is quiet.</summary>
    public Findings Compare(ISimulatedStore store) => new Oracle([.. _writers.SelectMany(writer => writer.Files)], store, [.. Ledger], Coverage[Scenario.LedgerLost] > 0, Misrouted).Compare();

    public void Dispose()
    {
        _process?.Dispose();
        _disk.Dispose();
    }

    private void Step()
    {
        SimulatedWriter writer = _writers[_random.Next(_writers.Count)];
        switch (_random.Next(200))
        {
            case < 70: writer.Write(); break;
            case < 80:
                if (_losesLedger) _time.Advance(TimeSpan.FromSeconds(2)); // a file's order is that of the seconds in which they began
                Rotate(writer);
                break;
            case < 81: if (_random.Next(3) == 0) writer.Disturb(); break;
            case < 106: Tell(writer); break;
            case < 150: Turn(); break;
            case < 175: Answer(); break;
            case < 194: Advance(); break;
            case < 196: ChangeFaults(); break;
            default: Crash(); break;
        }
    }

    private void Answer()
    {
        // A body may take several requests.
        for (int count = _http is null ? 1 : _random.Next(1, 5); count > 0; count--) _store.Answer();
        if (_http is not null && !_losesLedger && _random.Next(100) == 0) _http.Expire();
    }

    // One rotation may overtake a list, not two: a look takes milliseconds.
    private void Rotate(SimulatedWriter writer)
    {
        if (_staleLists && _overtaken)
        {
            while (_underWay.TryDequeue(out Listing? listing)) Deliver(listing);
            foreach (Listing listing in writer.Discover()) Deliver(listing);
            Turn();
        }
        _overtaken = !_overtaken;
        if (!_world.IsWide || !_staleLists || _random.Next(2) > 0)
        {
            writer.Rotate();
            return;
        }
        Coverage.Meet(Scenario.TornList);
        foreach (Listing seen in ListedWhileChanging.Rotate(writer, _disk, _time, _random)) _underWay.Enqueue(seen); // lists arrive in the order in which they were made
        while (_underWay.TryDequeue(out Listing? listing)) Deliver(listing);
    }

    private void Turn()
    {
        if (_process is null)
        {
            if (!Start()) return;
            foreach (Listing listing in _writers.SelectMany(writer => writer.Discover())) Deliver(listing);
        }
        _faultyDisk.Active = true;
        _process!.Worker.Turn();
        _faultyDisk.Active = false;
        if (_lookAgain.Count == 0 || !_disk.HasBirthTimes) return;
        List<SimulatedWriter> asked = [.. _writers.Where(writer => writer.Files.Exists(file => _lookAgain.Contains(file.Stream)))];
        _lookAgain.Clear();
        foreach (SimulatedWriter writer in asked) Tell(writer);
    }

    // The watcher: the files as they are now, or as they were when the list was made.
    private void Tell(SimulatedWriter writer)
    {
        foreach (Listing listing in writer.Discover()) _underWay.Enqueue(listing);
        if (_staleLists && !_isQuiet && _random.Next(4) == 0)
        {
            Coverage.Meet(Scenario.StaleList);
            return; // what it says will be old when it arrives
        }
        while (_underWay.TryDequeue(out Listing? listing)) Deliver(listing);
    }

    private void Deliver(Listing listing)
    {
        if (_process is null) return;
        foreach ((WrittenFile file, long size) in listing.Shown)
        {
            file.EverShown = true;
            file.ShownBytes = Math.Max(file.ShownBytes, size);
        }
        SimulationTrace.Write($"list {string.Join(", ", listing.Stream.Files.Select(file => $"{Path.GetFileName(file.Path)} i{file.Inode} {file.SizeBytes}"))}");
        _process.Worker.Sync(listing.Stream);
        if (!_disk.HasBirthTimes) Turn(); // an inode that was given out again meanwhile could not be told
    }

    private void LetRead(SimulatedWriter writer)
    {
        if (_process is null) return;
        Tell(writer);
        while (_underWay.TryDequeue(out Listing? listing)) Deliver(listing);
        for (int turn = 0; turn < 60; turn++)
        {
            Turn();
            Answer();
            if (_http is not null) _time.Advance(TimeSpan.FromMilliseconds(20));
        }
    }

    private void Advance()
    {
        DateTimeOffset before = _time.GetUtcNow();
        if (_clockSteps && _random.Next(12) == 0)
        {
            _time.WallOffset += TimeSpan.FromSeconds(_random.Next(-240, 240));
            if (_time.GetUtcNow() < before) Coverage.Meet(Scenario.ClockSetBack);
        }
        _time.Advance(TimeSpan.FromMilliseconds(_random.Next(3) == 0 ? 1500 : _random.Next(1, 200)));
        if (_time.GetUtcNow().Date != before.Date) Coverage.Meet(Scenario.MidnightPassed);
    }

    private void ChangeFaults()
    {
        if (!_stateFails) return;
        _state.Faults = _random.Next(3) switch { 0 => new(), 1 => new() { WriteErrors = 0.3 }, _ => new() { CapacityBytes = _state.Names.Sum(name => (long)_state.ReadAll(name).Length) + _random.Next(500) } };
        if (_state.Faults.WriteErrors > 0) Coverage.Meet(Scenario.StateWriteFailed);
        else if (_state.Faults.CapacityBytes < long.MaxValue) Coverage.Meet(Scenario.StateDiskFull);
    }

    private void Quiesce()
    {
        foreach (SimulatedWriter writer in _writers) writer.Finish();
        _underWay.Clear();
        _isQuiet = true;
        _state.Faults = new();
        _store.Calm();
        _faultyDisk.Fails = false;
        int idle = 0;
        for (int round = 0; idle < 60; round++)
        {
            if (round % 20 == 0)
                foreach (SimulatedWriter writer in _writers)
                    foreach (Listing listing in writer.Discover()) Deliver(listing);
            Turn();
            for (int answers = 0; answers < 5; answers++) _store.Answer();
            _time.Advance(TimeSpan.FromMilliseconds(100));
            idle = _process is not null && _process.Worker.IsIdle && _store.IsQuiet ? idle + 1 : 0;
            if (round < 5000) continue;
            _undurable.Stuck.Add(_process is null ? "no process" : string.Join("; ", FreshStatus().Files.Where(file => file.BacklogBytes > 0)) + $"; {(_store.IsQuiet ? "store quiet" : "store busy")}");
            return;
        }
    }

    private Local.Workers.WorkerStatus FreshStatus()
    {
        Task<Local.Workers.WorkerStatus> status = _process!.Worker.FreshStatusAsync();
        _process.Worker.Turn();
        return status.Result;
    }

    // SIGTERM: what was read is still sent and made durable, for as long as that is waited for. Leaving is not a cut.
    private void Stop()
    {
        Coverage.Meet(Scenario.ProcessStopped);
        _process!.Worker.StopReading();
        for (int turn = _random.Next(40); turn > 0; turn--)
        {
            Turn();
            Answer();
            Advance();
        }
    }

    private void Crash()
    {
        if (_process is not null && _random.Next(4) == 0) Stop();
        SimulationTrace.Write("crash");
        _store.LoseProcess();
        _process?.Dispose();
        _process = null;
        _underWay.Clear();
        foreach (WrittenFile file in _writers.SelectMany(writer => writer.Files)) file.ShownBytes = 0;
        Coverage.Meet(_random.Next(2) == 0 ? Scenario.PowerCut : Scenario.ProcessKilled);
        if (_random.Next(2) == 0) _state.CutPower();
        else _state.KillProcess();
        if (_losesLedger && _random.Next(3) == 0)
        {
            Coverage.Meet(Scenario.LedgerLost);
            _state = new InMemoryStateStorage(_random);
        }
        if (_reconfigures) _options = NextOptions(_options);
        if (!Start()) return;
        if (_process!.Ledger.Files.Any(IsInsidePart)) Coverage.Meet(Scenario.RestartInsidePart);
        foreach (SimulatedWriter writer in _writers)
        {
            if (_world.IsWide && _random.Next(4) == 0) Rotate(writer); // while the first list is made
            Tell(writer);
        }
    }

    // Where one sub-stream goes on, the other one is inside a line that began before.
    private bool IsInsidePart(FileCheckpoint checkpoint)
    {
        long stdout = checkpoint[SubStream.Stdout].OffsetBytes, stderr = checkpoint[SubStream.Stderr].OffsetBytes;
        if (checkpoint.Complete || stdout == stderr || _writers.SelectMany(writer => writer.Files).FirstOrDefault(file => file.ContainerFileId?.Equals(checkpoint.Id) == true) is not { } file) return false;
        SubStream behind = stdout < stderr ? SubStream.Stdout : SubStream.Stderr;
        return WrittenLine.Split(file.Format, [.. file.Content]).LastOrDefault(line => line.Lane == behind && line.Start < Math.Max(stdout, stderr)) is { IsOpen: true };
    }

    private bool Start()
    {
        _process = SimulatedProcess.TryStart(_state, _faultyDisk, _store.Connect(), _time, _random, _options, stream => _lookAgain.Add(stream.Key));
        if (_process is not null) return true;
        _store.LoseProcess();
        _state.Faults = new(); // somebody makes room
        return false;
    }

    private PipelineOptions NextOptions(PipelineOptions? before)
    {
        var next = new PipelineOptions
        {
            Tailing = { ChunkBytes = _random.Next(2) == 0 ? 256 : 64 << 10, MaxLineBytes = before?.Tailing.MaxLineBytes ?? 4096 },
            Joining = { Preset = _random.Next(4) switch { 0 => "none", 1 => "java", _ => "auto" }, MaxBytes = 2048, MaxLines = _random.Next(2) == 0 ? 3 : 50 },
            Indexing = { MaxBodyBytes = _random.Next(2) == 0 ? 600 : 8192, MaxInFlightBytes = 32 << 10, Index = before?.Indexing.Index ?? new IndexingOptions().Index },
        };
        if (before is not null && before.Joining.Preset != next.Joining.Preset) Coverage.Meet(Scenario.JoiningChanged);
        if (_random.Next(3) == 0)
        {
            next.Tailing.MaxLineBytes = _random.Next(3) switch { 0 => 1024, 1 => 3000, _ => 4096 };
            Coverage.Meet(Scenario.MaxLineChanged);
        }
        if (_world.IsWide && _random.Next(2) == 0) next.Tailing.HeldDeletedBytes = _random.Next(200); // the oldest of what is deleted and not read is given up
        if (before is not null) next.Tenancy = before.Tenancy;
        if (before is not null && !_losesLedger && _random.Next(2) == 0)
        {
            next.Tenancy = new TenancyOptions { Default = "t" + _random.Next(3), Rules = { new TenantRule { Namespace = "ns0", Tenant = "zero" + _random.Next(3) } } };
            Coverage.Meet(Scenario.TenantChanged);
        }
        if (before is not null && !_losesLedger && _random.Next(2) == 0)
        {
            next.Indexing.Index = _random.Next(2) == 0 ? "logs-{tenant}-{day}" : "logs-other-{tenant}-{day}";
            Coverage.Meet(Scenario.IndexChanged);
        }
        _patterns.Add(next.Indexing.Index);
        _tenants.Add(next.Tenancy.Default);
        foreach (TenantRule rule in next.Tenancy.Rules) _tenants.Add(rule.Tenant);
        return next;
    }

    private string? Misrouted(StoredDocument document, WrittenFile file, WrittenLine first)
    {
        bool mayBeZero = file.Namespace == "ns0";
        if (!_tenants.Contains(document.Tenant) || (document.Tenant.StartsWith("zero", StringComparison.Ordinal) && !mayBeZero)) return $"one of {string.Join(", ", _tenants)}";
        bool right = _patterns.Any(pattern =>
        {
            string name = pattern.Replace("{tenant}", document.Tenant, StringComparison.Ordinal);
            return first.Day is { } day ? document.Index == name.Replace("{day}", day.ToString("yyyy.MM.dd"), StringComparison.Ordinal) : document.Index.StartsWith(name.Replace("{day}", "", StringComparison.Ordinal), StringComparison.Ordinal);
        });
        return right ? null : "logs of " + first.Day;
    }

    private bool IsDurable(WrittenFile file)
    {
        if (file.Content.Count == 0) return true;
        if (_process is null) return false;
        if (file.ContainerFileId is { } id && file.Kind != Sources.SourceKind.Plain) return Complete(id, file);
        // A plain file's identity is only known to the ledger: files of a stream are completed in their order.
        int before = _writers.SelectMany(writer => writer.Files).Count(other => other.Stream == file.Stream && other.Number < file.Number && other.Content.Count > 0);
        List<FileCheckpoint> known = [.. _process.Ledger.OfStream(file.Stream)];
        return known.Count > before && !known.Take(before + 1).Any(checkpoint => !Complete(checkpoint.Id, file)) && known[before].SizeBytes >= file.Content.Count;
    }

    private bool IsKnownByMore(string stream) => _process?.Ledger.OfStream(stream) is [.., var last] known && known.Count >= _writers.SelectMany(writer => writer.Files).Count(file => file.Stream == stream && file.Content.Count > 0) && _process.Durable(last.Id) is { TailCrc.OffsetBytes: > 60 };

    private bool Complete(FileId id, WrittenFile file) => _process!.Durable(id) is { Complete: true } durable && durable.Stored.Sum(range => range.Bytes) >= 0 && durable.SizeBytes >= file.Content.Count;

    // What is sent must lie where a durable checkpoint says that it may have been sent.
    private void CheckDurable(BulkBody body)
    {
        foreach (ref BulkItem item in body.Items)
        {
            var document = StoredDocument.Parse("", "", body.SourceLine(item), isDeadLetter: false);
            SimulationTrace.Write($"send {(body.LookUpFirst ? "(look up) " : "")}{document.Sequence}+{document.LengthBytes} {document.Lane} {document.FileId} {document.Text.Split('\n')[0]}");
            FileCheckpoint? durable = FileId.TryParse(document.FileId, out FileId id) ? _process!.Durable(id) : null;
            if (durable is { Cuts.Count: > 0 }) Coverage.Meet(Scenario.CutOnSilence);
            if (durable is null || document.Offset >= durable.HorizonBytes) _undurable.Undurable.Add($"{document.Stream} {document.Offset}: {(durable is null ? "its file is not in the journal" : $"horizon {durable.HorizonBytes}")}");
        }
    }
}
