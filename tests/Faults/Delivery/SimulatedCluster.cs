using LogPipeline.Configuration;
using LogPipeline.Protocol.Messages;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Simulation;
using LogPipeline.Tests.Simulation.Storing;
using LogPipeline.Tests.Simulation.Writers;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Delivery;

/// <summary>
/// One seed: a node, two aggregators and a store, with lost, repeated and reordered messages, a stream that changes its owner while the old one goes on, crashes of
/// each, then quiet, then the oracle.
/// </summary>
internal sealed class SimulatedCluster : IDisposable
{
    private readonly Random _random;
    private readonly InMemoryFileSystem _disk;
    private readonly InMemoryStateStorage _state;
    private readonly SimulatedTime _time;
    private readonly SimulatedNetwork _network;
    private readonly List<SimulatedWriter> _writers = [];
    private readonly Dictionary<string, int> _owners = [];
    private readonly SimulatedAggregator[] _aggregators = new SimulatedAggregator[2];
    private readonly PipelineOptions _options;
    private readonly Coverage _coverage = new();
    private SimulatedNode _node;
    private int _incarnation;

    public SimulatedCluster(int seed)
    {
        _random = new Random(seed);
        _disk = new InMemoryFileSystem { ReuseInodes = true };
        _state = new InMemoryStateStorage(_random);
        _time = new SimulatedTime(_disk);
        _time.Advance(TimeSpan.Zero);
        _network = new SimulatedNetwork(_random);
        Store = new ModelStore(_random, _coverage);
        var world = new SimulatedWorld(_random)
        {
            Disk = _disk, Time = _time, Coverage = _coverage, Destroys = false, IsDurable = file => file.Content.Count == 0 || _node!.DurablyComplete(file.Stream) > file.Number, IsKnownByMore = IsKnownByMore, LetRead = LetRead,
        };
        _options = new PipelineOptions
        {
            Tailing = { ChunkBytes = 64 << 10, MaxLineBytes = 4096 },
            Joining = { Preset = _random.Next(4) switch { 0 => "none", 1 => "java", _ => "auto" }, MaxBytes = 2048, MaxLines = 50 },
            Indexing = { MaxBodyBytes = _random.Next(2) == 0 ? 600 : 8192, MaxInFlightBytes = 32 << 10 },
        };
        for (int number = _random.Next(1, 4); number > 0; number--)
            _writers.Add(_random.Next(3) == 0 ? new PlainWriter(world, number) : new KubeletWriter(world, number));
        _node = StartNode();
        for (int index = 0; index < _aggregators.Length; index++) _aggregators[index] = StartAggregator();
    }

    public ModelStore Store { get; }

    public int Crashes { get; private set; }

    public int Lost => _network.Lost;

    /// <summary>Chunks that came to one aggregator while another one still had something of their stream.</summary>
    public int TwoOwners { get; private set; }

    public Findings Play(int steps)
    {
        foreach (SimulatedWriter writer in _writers) Tell(writer);
        for (int step = 0; step < steps; step++) Step();
        Quiesce();
        return new Oracle([.. _writers.SelectMany(writer => writer.Files)], Store, [], ledgerWasLost: false, static (_, _, _) => null).Compare();
    }

    public void Dispose()
    {
        _node.Dispose();
        foreach (SimulatedAggregator aggregator in _aggregators) aggregator.Dispose();
        _disk.Dispose();
    }

    private void Step()
    {
        switch (_random.Next(200))
        {
            case < 50: Writer().Write(); break;
            case < 55: Writer().Rotate(); break;
            case < 56: if (_random.Next(4) == 0) Writer().Disturb(); break;
            case < 76: Tell(Writer()); break;
            case < 100: _node.Turn(ToOwner); break;
            case < 150: Carry(); break;
            case < 160: _node.Commit(); break;
            case < 172: Aggregator().Turn(ToNode); break;
            case < 184: Aggregator().Answer(); break;
            case < 194: _time.Advance(TimeSpan.FromMilliseconds(_random.Next(4) == 0 ? 4000 : _random.Next(1, 200))); break;
            case < 196: _owners[Writer().Files[^1].Stream] = _random.Next(_aggregators.Length); break;
            case < 197: Toggle(); break;
            case < 198: CrashAggregator(_random.Next(_aggregators.Length)); break;
            default: if (_random.Next(2) == 0) CrashNode(); break;
        }
    }

    private SimulatedWriter Writer() => _writers[_random.Next(_writers.Count)];

    private SimulatedAggregator Aggregator() => _aggregators[_random.Next(_aggregators.Length)];

    private void Toggle()
    {
        SimulatedAggregator aggregator = Aggregator();
        aggregator.IsFrozen = !aggregator.IsFrozen;
    }

    private void Tell(SimulatedWriter writer)
    {
        foreach (Listing listing in writer.Discover())
        {
            foreach ((WrittenFile file, _) in listing.Shown) file.EverShown = true;
            _node.Sync(listing.Stream);
        }
    }

    // A plain file that nobody has read cannot be told from the one that takes its place.
    private void LetRead(SimulatedWriter writer)
    {
        bool wasKind = _network.IsKind;
        bool[] frozen = [.. _aggregators.Select(aggregator => aggregator.IsFrozen)];
        _network.IsKind = true;
        foreach (SimulatedAggregator aggregator in _aggregators) aggregator.IsFrozen = false;
        Tell(writer);
        for (int round = 0; round < 300; round++) Round();
        for (int index = 0; index < frozen.Length; index++) _aggregators[index].IsFrozen = frozen[index];
        _network.IsKind = wasKind;
    }

    private bool IsKnownByMore(string stream) => _node.IsKnownByMore(stream, _writers.SelectMany(writer => writer.Files).Count(file => file.Stream == stream && file.Content.Count > 0));

    private void ToOwner(IStreamMessage message) => _network.Send(_node, _aggregators[_owners.GetValueOrDefault(message.Stream)], message);

    private void ToNode(object node, IStreamMessage message) => _network.Send(this, node, message);

    private void Carry()
    {
        for (int count = _random.Next(1, 4); count > 0 && _network.TryTake(out object from, out object to, out IStreamMessage message); count--)
        {
            // What goes to the dead is gone.
            if (ReferenceEquals(to, _node)) _node.Receive(message);
            else if (to is SimulatedAggregator aggregator && _aggregators.Contains(aggregator))
            {
                if (aggregator.IsFrozen) _network.Send(from, to, message);
                else
                {
                    if (message is DeliverChunk && _aggregators.Any(other => other != aggregator && other.Holds(message.Stream))) TwoOwners++;
                    aggregator.Receive(from, message, ToNode);
                }
            }
        }
    }

    private void Quiesce()
    {
        foreach (SimulatedWriter writer in _writers) writer.Finish();
        foreach (SimulatedAggregator aggregator in _aggregators) aggregator.IsFrozen = false;
        _network.IsKind = true;
        for (int round = 0; round < 600; round++)
        {
            if (round % 20 == 0) foreach (SimulatedWriter writer in _writers) Tell(writer);
            Round();
        }
    }

    private void Round()
    {
        _node.Turn(ToOwner);
        for (int carried = 0; carried < 10; carried++) Carry();
        foreach (SimulatedAggregator aggregator in _aggregators)
        {
            aggregator.Turn(ToNode);
            for (int answered = 0; answered < 10; answered++) aggregator.Answer();
        }
        _node.Commit();
        _time.Advance(TimeSpan.FromMilliseconds(100));
    }

    private void CrashAggregator(int index)
    {
        Crashes++;
        _aggregators[index].Die();
        _aggregators[index].Dispose();
        _aggregators[index] = StartAggregator();
    }

    private void CrashNode()
    {
        Crashes++;
        _node.Dispose();
        _state.CutPower();
        _node = StartNode();
        foreach (SimulatedWriter writer in _writers) Tell(writer);
    }

    private SimulatedNode StartNode() => new(_disk, _state, _time, _random, _options, ++_incarnation);

    private SimulatedAggregator StartAggregator() => new(_options, new ModelStore(_random, _coverage, Store), _time);
}
