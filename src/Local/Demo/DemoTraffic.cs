namespace LogPipeline.Local.Demo;

/// <summary>
/// Decides what happens when: scenes begin at random moments, so that on average so many lines a second are written. A pure function of
/// the seed, the start and the times it is advanced to.
/// </summary>
internal sealed class DemoTraffic
{
    /// <summary>Lines of a scene, on average over <see cref="_scenes"/>, measured.</summary>
    public const double LinesPerScene = 2.35;

    private const long NanosPerSecond = 1_000_000_000;

    private readonly PriorityQueue<Action<IDemoStage>, (long, long)> _future = new();
    private readonly Random _random;
    private readonly (double Weight, Action<Scene> Play)[] _scenes;
    private readonly MishapScenes _mishaps;
    private long _sequence;
    private long _nextScene;

    /// <param name="cluster">Who is there.</param>
    /// <param name="random">Owned by this object from now on.</param>
    /// <param name="startNanos">When it begins.</param>
    public DemoTraffic(DemoCluster cluster, Random random, long startNanos)
    {
        _random = random;
        _nextScene = startNanos;
        var words = new DemoWords(random);
        var shop = new ShopScenes(cluster, words, random);
        var background = new ClusterScenes(cluster, words, random);
        _mishaps = new MishapScenes(cluster, words, random);
        _scenes =
        [
            (48, shop.Browse), (14, shop.AddToCart), (8, shop.Checkout),
            (14, background.Resolve), (7, background.Probe), (2, background.Database), (1.5, background.Control), (1, background.Monitoring),
            (0.5, _mishaps.Deadlock), (0.4, _mishaps.BadRanking), (0.05, _mishaps.Panic), (0.15, _mishaps.CatalogImport),
        ];
    }

    /// <summary>One of each mishap in the past, so that whoever looks finds them: spread evenly over a span.</summary>
    public void PlanMishaps(long fromNanos, long toNanos)
    {
        Action<Scene>[] mishaps = [_mishaps.CatalogImport, _mishaps.Deadlock, _mishaps.Panic, _mishaps.BadRanking];
        for (int i = 0; i < mishaps.Length; i++) mishaps[i](At(fromNanos + (toNanos - fromNanos) * (i + 1) / (mishaps.Length + 1)));
    }

    /// <summary>Plays everything up to a time.</summary>
    /// <param name="untilNanos">The time.</param>
    /// <param name="linesPerSecond">Lines to write a second on average from the last call on.</param>
    /// <param name="stage">Where it happens.</param>
    /// <param name="tick">Called with the time before each thing that happens, for what else goes by time.</param>
    public void Advance(long untilNanos, double linesPerSecond, IDemoStage stage, Action<long> tick)
    {
        double scenesPerSecond = linesPerSecond / LinesPerScene;
        while (true)
        {
            bool due = _future.TryPeek(out _, out var next) && next.Item1 <= untilNanos;
            if (_nextScene <= untilNanos && (!due || _nextScene <= next.Item1))
            {
                Pick()(At(_nextScene));
                _nextScene += (long)(-Math.Log(1 - _random.NextDouble()) / scenesPerSecond * NanosPerSecond) + 1;
            }
            else if (due)
            {
                tick(next.Item1);
                _future.Dequeue()(stage);
            }
            else break;
        }
        tick(untilNanos);
    }

    private Scene At(long nanos) => new(_random, nanos, _future, () => _sequence++);

    private Action<Scene> Pick()
    {
        double at = _random.NextDouble() * _scenes.Sum(scene => scene.Weight);
        foreach (var (weight, play) in _scenes)
        {
            if ((at -= weight) < 0) return play;
        }
        return _scenes[0].Play;
    }
}
