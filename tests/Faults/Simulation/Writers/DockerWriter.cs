using System.Globalization;
using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Simulation.Writers;

/// <summary>Docker's json-file driver with <c>max-file</c> and <c>compress</c>: <c>.1</c>, <c>.2.gz</c>; parts without a newline.</summary>
internal sealed class DockerWriter : SimulatedWriter
{
    private readonly string _path;
    private readonly LogOrigin _origin;
    private List<NamedFile> _rotated = [];
    private NamedFile _live;
    private SubStream? _open;
    private bool _deleted;

    public DockerWriter(SimulatedWorld world, int number) : base(world)
    {
        _origin = new LogOrigin { ContainerId = new string((char)('a' + number), 64) };
        _path = $"{World.Disk.Root}/docker/{_origin.ContainerId}/{_origin.ContainerId}-json.log";
        _live = Create();
    }

    public override IEnumerable<Listing> Discover() => [List(_path, SourceKind.Docker, LogFormat.Docker, _origin, _rotated, _deleted ? null : _live, ended: false)];

    public override void Write()
    {
        if (_deleted) return;
        SubStream lane = _open ?? (World.Chance(3) ? SubStream.Stderr : SubStream.Stdout);
        if (_open is null && World.Chance(6)) Line(lane, "part " + Word(), newline: false);
        else if (_open is not null) Line(lane, Word(), newline: !World.Chance(3));
        else foreach (string line in NextLines()) Line(lane, line, newline: true);
    }

    public override void Rotate()
    {
        if (_deleted || _live.File.Content.Count == 0) return;
        if (BeginCompression(_rotated, whole: false)) return;
        World.Coverage.Meet(Scenario.DockerRotated);
        if (_rotated.Count > 0 && IsBeingCompressed(_rotated[^1])) _rotated[^1] = Compress(_rotated[^1]);
        while (_rotated.Count > 1 && World.MayDestroy(_rotated[0].File))
        {
            Delete(_rotated[0]);
            _rotated.RemoveAt(0);
        }
        _rotated = [.. _rotated.Select((file, index) => Rename(file, $"{_path}.{_rotated.Count + 1 - index}{(file.Path.EndsWith(".gz", StringComparison.Ordinal) ? ".gz" : "")}"))];
        if (_rotated.Count > 0 && !_rotated[^1].Path.EndsWith(".gz", StringComparison.Ordinal)) _rotated[^1] = Compress(_rotated[^1]);
        _live.File.Live = false;
        _rotated.Add(Rename(_live, _path + ".1"));
        _live = Create();
    }

    public override void Disturb()
    {
        if (_deleted || !World.Destroys) return;
        World.Coverage.Meet(Scenario.DeletedWhileOpen);
        _deleted = true;
        ForgetCompression();
        foreach (NamedFile named in _rotated.Append(_live))
        {
            named.File.Live = false;
            Delete(named);
        }
    }

    public override void Finish()
    {
        if (!_deleted && _open is { } lane) Line(lane, "end", newline: true);
    }

    private NamedFile Create()
    {
        World.Disk.Write(_path, []);
        return new(_path, Begin(_path, SourceKind.Docker, LogFormat.Docker, _origin));
    }

    private void Line(SubStream lane, string text, bool newline)
    {
        World.Time.Advance(TimeSpan.FromTicks(1));
        string log = JsonSerializer.Serialize(newline ? text + "\n" : text);
        string time = World.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture);
        Append(_path, _live.File, $"{{\"log\":{log},\"stream\":\"{(lane == SubStream.Stdout ? "stdout" : "stderr")}\",\"time\":\"{time}Z\"}}\n");
        _open = newline ? null : lane;
    }
}
