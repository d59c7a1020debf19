using System.Globalization;
using LogPipeline.Formats;
using LogPipeline.Sources;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Simulation;

/// <summary>A container's log: CRI lines of two interleaved outputs, parts that rotation tears, <c>0.log.&lt;stamp&gt;</c> and <c>.gz</c>.</summary>
internal sealed class KubeletWriter : SimulatedWriter
{
    private readonly string _directory;
    private readonly LogOrigin _origin;
    private readonly List<string> _rotated = [];
    private readonly Dictionary<SubStream, string> _open = [];
    private int _stamps, _destroyed;

    public KubeletWriter(InMemoryFileSystem disk, SimulatedTime time, Random random, int number) : base(disk, time, random)
    {
        _origin = new LogOrigin { Namespace = "ns" + (number % 2), Pod = "pod-" + number, PodUid = "uid-" + number, Container = "app" };
        _directory = $"{disk.Root}/pods/{_origin.Namespace}_{_origin.Pod}_{_origin.PodUid}/app";
        disk.CreateDirectory($"{disk.Root}/pods");
        disk.CreateDirectory($"{disk.Root}/pods/{_origin.Namespace}_{_origin.Pod}_{_origin.PodUid}");
        disk.CreateDirectory(_directory);
        disk.Write(Live, []);
    }

    public override string Key => Live;

    private string Live => _directory + "/0.log";

    public override DiscoveredStream Discover() => new()
    {
        Key = Live, Kind = SourceKind.Kubelet, Format = LogFormat.Cri, Origin = _origin,
        Files = [.. _rotated.Select(path => See(path, live: false)).Append(See(Live, live: true)).OfType<DiscoveredFile>()],
    };

    public override void Write()
    {
        SubStream lane = Random.Next(3) == 0 ? SubStream.Stderr : SubStream.Stdout;
        if (_open.ContainsKey(lane))
        {
            if (Random.Next(3) == 0) Part(lane, Word(), final: false);
            else Part(lane, Word(), final: true);
            return;
        }
        if (Random.Next(6) == 0)
        {
            Part(lane, "part " + Word(), final: false);
            return;
        }
        foreach (string line in NextLines()) Part(lane, line, final: true);
    }

    public override void Rotate(Func<int, bool> mayDestroy)
    {
        foreach (string plain in _rotated.Where(path => !path.EndsWith(".gz", StringComparison.Ordinal)).ToList())
        {
            Disk.Write(plain + ".gz", Gzip(ReadAll(plain)));
            Disk.Delete(plain);
            _rotated[_rotated.IndexOf(plain)] = plain + ".gz";
        }
        while (_rotated.Count > 2 && mayDestroy(_destroyed))
        {
            Disk.Delete(_rotated[0]);
            _rotated.RemoveAt(0);
            _destroyed++;
        }
        string name = string.Create(CultureInfo.InvariantCulture, $"{Live}.20261120-{_stamps++:D6}");
        Disk.Rename(Live, name);
        _rotated.Add(name);
        Disk.Write(Live, []);
    }

    public override void Finish()
    {
        foreach (SubStream lane in _open.Keys.ToList()) Part(lane, "end", final: true);
    }

    private string Word() => "w" + Random.Next(1000);

    private void Part(SubStream lane, string text, bool final)
    {
        Time.Advance(TimeSpan.FromTicks(1)); // a runtime's timestamps are unique
        string stamp = Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.');
        byte[] line = Utf8($"{stamp}Z {(lane == SubStream.Stdout ? "stdout" : "stderr")} {(final ? 'F' : 'P')} {text}\n");
        Disk.Append(Live, line);
        Bytes[lane] += line.Length;
        string whole = (_open.Remove(lane, out string? begun) ? begun : "") + text;
        if (final) Lines[lane].Add(whole);
        else _open[lane] = whole;
    }
}
