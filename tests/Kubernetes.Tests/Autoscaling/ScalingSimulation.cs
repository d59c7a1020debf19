using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>
/// A pipeline, Prometheus, and the autoscaler of <c>k8s/</c>, second by second: what nodes write, what aggregators store, what is scraped, recorded and decided, and when. The recording rules' formulas
/// are repeated here; their unit tests are promtool's.
/// </summary>
internal sealed class ScalingSimulation
{
    private const int ScrapeSeconds = 15, RecordSeconds = 15, SyncSeconds = 15;

    private readonly HpaController _controller = new(Kustomization.Of("k8s/overlays/production").Single("HorizontalPodAutoscaler", "pipeline-aggregator").Json["spec"]!);
    private readonly Queue<(int At, double Bytes)> _durable = [];
    private double _backlog, _durableTotal, _scrapedBacklog, _recordedBacklog, _recordedDrain, _recordedLoad;
    private int _stalledFor, _scrapedStall, _scrapedReady, _ready;
    private readonly List<int> _starting = [];

    /// <summary>Bytes a second that one aggregator stores.</summary>
    public required double Capacity { get; init; }

    /// <summary>Seconds from a decision until a new aggregator stores.</summary>
    public required int StartSeconds { get; init; }

    /// <summary>Bytes a second that are written, at a second.</summary>
    public required Func<int, double> Written { get; init; }

    /// <summary>Whether the store takes anything, at a second.</summary>
    public Func<int, bool> StoreTakes { get; init; } = _ => true;

    public int Least => _controller.Least;

    /// <summary>Runs it: a row a second.</summary>
    public IReadOnlyList<ScalingSample> Run(int seconds)
    {
        var samples = new List<ScalingSample>();
        int replicas = _ready = _scrapedReady = _controller.Least;
        for (int now = 0; now < seconds; now++)
        {
            _ready += _starting.RemoveAll(at => at <= now);
            Flow(now);
            // Different phases, the least lucky that are possible: each looks just before what it looks at is renewed.
            if (now % SyncSeconds == 0) replicas = Scale(now, replicas);
            if (now % RecordSeconds == 1) Record();
            if (now % ScrapeSeconds == 2) Scrape(now);
            samples.Add(new ScalingSample(now, Written(now), _backlog, _recordedBacklog, replicas, _ready));
        }
        return samples;
    }

    private void Flow(int now)
    {
        _backlog += Written(now);
        double stored = StoreTakes(now) ? Math.Min(_backlog, _ready * Capacity) : 0;
        _backlog -= stored;
        _durableTotal += stored;
        _stalledFor = stored > 0 || _backlog == 0 ? 0 : _stalledFor + 1;
    }

    private void Scrape(int now)
    {
        _durable.Enqueue((now, _durableTotal));
        while (_durable.Peek().At < now - 300) _durable.Dequeue();
        (_scrapedBacklog, _scrapedStall, _scrapedReady) = (_backlog, _stalledFor, _ready);
    }

    private void Record()
    {
        bool storeIsLimit = _scrapedStall > 10;
        double drain = _scrapedBacklog / Math.Max(Rate(120), 1e6);
        _recordedLoad = Rate(300);
        (_recordedBacklog, _recordedDrain) = storeIsLimit ? (Math.Min(_scrapedBacklog, 268435456.0 * _scrapedReady), Math.Min(drain, 60)) : (_scrapedBacklog, drain);
    }

    // Over the samples of a window, as rate() does.
    private double Rate(int window)
    {
        if (_durable.Count == 0) return 0;
        (int last, double total) = _durable.Last();
        (int first, double bytes) = _durable.First(sample => sample.At > last - window);
        return last == first ? 0 : (total - bytes) / (last - first);
    }

    private int Scale(int now, int replicas)
    {
        int next = _controller.Decide(TimeSpan.FromSeconds(now), replicas, _ready, name => name switch
        {
            "logpipeline_scalable_backlog_bytes" => _recordedBacklog,
            "logpipeline_drain_seconds" => _recordedDrain,
            "logpipeline_durable_bytes_per_second" => _recordedLoad,
            _ => throw new ArgumentException($"The simulation has no {name}.", nameof(name)),
        });
        for (int more = replicas; more < next; more++) _starting.Add(now + StartSeconds);
        for (int fewer = next; fewer < replicas; fewer++)
        {
            if (_starting.Count > 0) _starting.RemoveAt(_starting.Count - 1);
            else _ready--;
        }
        return next;
    }
}
