using LogPipeline.Configuration;
using LogPipeline.Ledger;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Simulation;

/// <summary>One seed: writers, rotations, late answers and crashes in a random order, then quiet, then the oracle.</summary>
internal sealed class SimulatedRun : IDisposable
{
    private readonly Random _random;
    private readonly InMemoryFileSystem _disk;
    private readonly InMemoryStateStorage _state;
    private readonly SimulatedTime _time;
    private readonly ModelStore _store;
    private readonly List<SimulatedWriter> _writers = [];
    private readonly PipelineOptions _options;
    private SimulatedProcess _process;

    public SimulatedRun(int seed)
    {
        _random = new Random(seed);
        _disk = new InMemoryFileSystem { ReuseInodes = true };
        _state = new InMemoryStateStorage(_random);
        _time = new SimulatedTime(_disk);
        _time.Advance(TimeSpan.Zero);
        _store = new ModelStore(_random);
        _options = new PipelineOptions
        {
            Tailing = { ChunkBytes = _random.Next(2) == 0 ? 256 : 64 << 10, MaxLineBytes = 4096 },
            Joining = { Preset = _random.Next(4) switch { 0 => "none", 1 => "java", _ => "auto" }, MaxBytes = 2048, MaxLines = 50 },
            Indexing = { MaxBodyBytes = _random.Next(2) == 0 ? 600 : 8192, MaxInFlightBytes = 32 << 10 },
        };
        for (int number = _random.Next(1, 4); number > 0; number--)
            _writers.Add(_random.Next(3) == 0 ? new PlainWriter(_disk, _time, _random, number) : new KubeletWriter(_disk, _time, _random, number));
        _process = Start();
    }

    public int Crashes { get; private set; }

    public ModelStore Store => _store;

    public List<string> Play(int steps)
    {
        foreach (SimulatedWriter writer in _writers) Tell(writer);
        for (int step = 0; step < steps; step++) Step();
        Quiesce();
        List<string> differences = Oracle.Differences(_writers, _store);
        return differences;
    }

    public void Dispose()
    {
        _process.Dispose();
        _disk.Dispose();
    }

    private void Step()
    {
        switch (_random.Next(100))
        {
            case < 35: _writers[_random.Next(_writers.Count)].Write(); break;
            case < 40: Rotate(_writers[_random.Next(_writers.Count)]); break;
            case < 55: Tell(_writers[_random.Next(_writers.Count)]); break;
            case < 75: _process.Worker.Turn(); break;
            case < 88: _store.Answer(); break;
            case < 98: _time.Advance(TimeSpan.FromMilliseconds(_random.Next(3) == 0 ? 1500 : _random.Next(1, 200))); break;
            default: Crash(); break;
        }
    }

    private void Rotate(SimulatedWriter writer) => writer.Rotate(file => MayDestroy(writer, file));

    // The watcher: the files as they are now, and that they were written to.
    private void Tell(SimulatedWriter writer)
    {
        if (writer.Discover() is { } stream) _process.Worker.Sync(stream);
    }

    private void Quiesce()
    {
        foreach (SimulatedWriter writer in _writers) writer.Finish();
        for (int round = 0; round < 400; round++)
        {
            if (round % 20 == 0) foreach (SimulatedWriter writer in _writers) Tell(writer);
            _process.Worker.Turn();
            _store.Answer();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    private void Crash()
    {
        Crashes++;
        _store.LoseProcess();
        _process.Dispose();
        _state.CutPower();
        _process = Start();
        foreach (SimulatedWriter writer in _writers) Tell(writer);
    }

    private SimulatedProcess Start() => new(_disk, _state, _store, _time, _random, _options);

    // Rotation waits here for the pipeline: what it destroys unread is another test's.
    private bool MayDestroy(SimulatedWriter writer, int file) => _process.DurablyComplete(writer.Key) > file;
}
