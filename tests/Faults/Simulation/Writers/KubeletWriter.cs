using System.Globalization;
using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Simulation.Writers;

/// <summary>
/// A container's logs under kubelet and containerd: CRI lines of two interleaved outputs, parts that rotation tears or that never get their end,
/// <c>N.log.&lt;stamp&gt;</c> and <c>.gz</c>, restarts, and the pod's deletion, which takes all files at once.
/// </summary>
internal sealed class KubeletWriter : SimulatedWriter
{
    private readonly string _directory;
    private readonly LogOrigin _origin;
    private readonly List<(LogOrigin Origin, List<NamedFile> Rotated, NamedFile? Live)> _ended = [];
    private readonly HashSet<SubStream> _open = [];
    private List<NamedFile> _rotated = [];
    private NamedFile? _live;
    private int _restart, _stamps;
    private bool _deleted;

    public KubeletWriter(SimulatedWorld world, int number) : base(world)
    {
        _origin = new LogOrigin { Namespace = "ns" + (number % 2), Pod = "pod-" + number, PodUid = "uid-" + number, Container = "app" };
        _directory = $"{World.Disk.Root}/pods/{_origin.Namespace}_{_origin.Pod}_{_origin.PodUid}/app";
        World.Disk.CreateDirectory(_directory);
        Create();
    }

    private string Key => KeyOf(_restart);

    private LogOrigin Origin => _origin with { Restart = _restart };

    public override IEnumerable<Listing> Discover() =>
        [.. _ended.Select(ended => List(KeyOf(ended.Origin.Restart), SourceKind.Kubelet, LogFormat.Cri, ended.Origin, ended.Rotated, ended.Live, ended: true)),
            List(Key, SourceKind.Kubelet, LogFormat.Cri, Origin, _rotated, _live, ended: false)];

    public override void Write()
    {
        if (_deleted) return;
        if (_live is null) Create();
        SubStream lane = World.Chance(3) ? SubStream.Stderr : SubStream.Stdout;
        if (World.Chance(60))
        {
            World.Coverage.Meet(Scenario.FormatError);
            Append(_live!.Path, _live.File, "no CRI line " + Word() + "\n");
            return;
        }
        if (_open.Contains(lane))
        {
            Part(lane, Word(), final: !World.Chance(3));
            return;
        }
        if (World.Chance(6))
        {
            Part(lane, "part " + Word(), final: false);
            return;
        }
        foreach (string line in NextLines()) Part(lane, line, final: true);
    }

    public override void Rotate()
    {
        if (_deleted || _live is null || _live.File.Content.Count == 0) return;
        if (BeginCompression(_rotated, whole: true)) return; // it is written under another name, and there for a moment before the plain one goes
        if (_open.Count > 0) World.Coverage.Meet(Scenario.RecordOverTwoFiles);
        for (int index = 0; index < _rotated.Count; index++)
            if (!_rotated[index].Path.EndsWith(".gz", StringComparison.Ordinal)) _rotated[index] = Compress(_rotated[index]);
        while (_rotated.Count > 1 && World.MayDestroy(_rotated[0].File))
        {
            Delete(_rotated[0]);
            _rotated.RemoveAt(0);
        }
        NamedFile renamed = Rename(_live, string.Create(CultureInfo.InvariantCulture, $"{Key}.20261120-{_stamps++:D6}"));
        _rotated.Add(renamed);
        _live = null;
        if (World.Chance(3))
        {
            World.Coverage.Meet(Scenario.WriteBehindRename);
            Part(SubStream.Stdout, Word(), final: true, renamed);
        }
        renamed.File.Live = false;
        // There is a moment without a live file.
        if (!World.Chance(4)) Create();
    }

    public override void Disturb()
    {
        if (_deleted) return;
        if (World.Destroys && World.Chance(2)) DeletePod();
        else Restart();
    }

    public override void Finish()
    {
        if (_deleted) return;
        if (_live is null) Create();
        foreach (SubStream lane in _open.ToList()) Part(lane, "end", final: true);
    }

    private string KeyOf(int restart) => string.Create(CultureInfo.InvariantCulture, $"{_directory}/{restart}.log");

    private void Create()
    {
        _live = new(Key, Begin(Key, SourceKind.Kubelet, LogFormat.Cri, Origin));
        World.Disk.Write(Key, []);
    }

    private void Restart()
    {
        World.Coverage.Meet(Scenario.ContainerRestarted);
        ForgetCompression();
        if (_open.Count > 0) World.Coverage.Meet(Scenario.OpenPartAtEnd);
        _open.Clear();
        if (_live is not null) _live.File.Live = false;
        _ended.Add((Origin, _rotated, _live));
        _rotated = [];
        _restart++;
        Create();
    }

    private void DeletePod()
    {
        World.Coverage.Meet(Scenario.PodDeleted);
        if (_open.Count > 0) World.Coverage.Meet(Scenario.OpenPartAtEnd);
        _deleted = true;
        ForgetCompression();
        foreach (NamedFile named in _ended.SelectMany(ended => ended.Live is null ? ended.Rotated : ended.Rotated.Append(ended.Live)).Concat(_live is null ? _rotated : _rotated.Append(_live)))
        {
            if (named.File.Content.Count > 0 && !World.IsDurable(named.File)) World.Coverage.Meet(Scenario.DeletedWhileOpen);
            named.File.Live = false;
            Delete(named);
        }
    }

    private void Part(SubStream lane, string text, bool final, NamedFile? into = null)
    {
        NamedFile target = into ?? _live!;
        World.Time.Advance(TimeSpan.FromTicks(1)); // a runtime's timestamps are unique
        string stamp = World.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.');
        Append(target.Path, target.File, $"{stamp}Z {(lane == SubStream.Stdout ? "stdout" : "stderr")} {(final ? 'F' : 'P')} {text}\n");
        if (final) _open.Remove(lane);
        else _open.Add(lane);
        if (_open.Count == 2) World.Coverage.Meet(Scenario.InterleavedParts);
    }
}
