using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Simulation.Writers;

/// <summary>
/// An application's file under logrotate: renamed and created anew, or copied and truncated, or deleted and created anew; compressed a rotation
/// later. Half lines that were flushed, lines beyond the limit, files that begin alike, a writer that goes on in the renamed file.
/// </summary>
internal sealed class PlainWriter : SimulatedWriter
{
    private const string SameHead = "==== this log begins like the others ====\n";

    private readonly string _path;
    private readonly bool _sameHead, _copies, _recreates, _late;
    private readonly LogOrigin _origin = new();
    private List<NamedFile> _rotated = [];
    private NamedFile _live;
    private NamedFile? _copy;
    private bool _open, _deleted;

    public PlainWriter(SimulatedWorld world, int number) : base(world)
    {
        World.Disk.CreateDirectory(World.Disk.Root + "/log");
        _path = $"{World.Disk.Root}/log/app-{number}.log";
        // Without birth times a copy that is first seen while it is made looks like a file of its own.
        _copies = World.Disk.HasBirthTimes && World.Chance(3);
        _recreates = !_copies && World.Chance(4);
        _late = !_copies && !_recreates && World.Chance(2);
        _sameHead = World.Chance(3);
        _live = Create();
    }

    public override IEnumerable<Listing> Discover() => [List(_path, SourceKind.Plain, LogFormat.Plain, _origin, _copy is null ? _rotated : _rotated.Append(_copy), _deleted ? null : _live, ended: false)];

    public override void Write()
    {
        if (_deleted) return;
        if (_copy is not null && (!World.Destroys || _sameHead)) return; // what is written now the truncation destroys
        bool behindCopy = _copy is not null;
        if (_late && _rotated.Count > 0 && World.Chance(6) && !_rotated[^1].Path.EndsWith(".gz", StringComparison.Ordinal) && !IsBeingCompressed(_rotated[^1]) && _live.File.Content.Count > 0)
        {
            World.Coverage.Meet(Scenario.LateBytes);
            _rotated[^1].File.HasLateBytes = true;
            Append(_rotated[^1].Path, _rotated[^1].File, $"late {Word()}\n");
            return;
        }
        if (_sameHead && _live.File.Content.Count == 0)
        {
            World.Coverage.Meet(Scenario.SameHead);
            Append(_path, _live.File, SameHead);
        }
        if (!_open && World.Chance(80))
        {
            World.Coverage.Meet(Scenario.LongLine);
            Append(_path, _live.File, $"long {Word()} {new string('x', 5000)}\n");
            return;
        }
        foreach (string line in NextLines())
        {
            if (line.Length == 0 && _live.File.Content.Count == 0) continue; // files that begin alike are made on purpose
            // A buffer that was flushed in the middle of a line.
            if (World.Chance(8))
            {
                Append(_path, _live.File, line + " half");
                _open = true;
                return;
            }
            Append(_path, _live.File, line + "\n");
            _open = false;
        }
        if (!behindCopy) return;
        World.Coverage.Meet(Scenario.CopyTruncatedBehindCopy);
        Truncate();
        World.LetRead(this);
    }

    public override void Rotate()
    {
        if (_deleted || _live.File.Content.Count < 100) return;
        if (_copy is null && BeginCompression(_rotated, whole: false)) return;
        if (_sameHead)
        {
            // Nobody can tell apart what is only known up to a place up to which both contents are alike.
            World.LetRead(this);
            if (!World.IsKnownByMore(_path)) return;
        }
        if (_copies) CopyTruncate();
        else
        {
            EndLine();
            ShiftRotated();
            _live.File.Live = false;
            if (_recreates && World.MayDestroy(_live.File))
            {
                World.Coverage.Meet(Scenario.Recreated);
                Delete(_live);
            }
            else _rotated.Add(Rename(_live, _path + ".1"));
            _live = Create();
        }
    }

    public override void Disturb()
    {
        if (_deleted || !World.Destroys || _copy is not null) return;
        World.Coverage.Meet(Scenario.DeletedWhileOpen);
        if (_open) World.Coverage.Meet(Scenario.UnterminatedLastLine);
        _deleted = true;
        _live.File.Live = false;
        Delete(_live);
    }

    public override void Finish()
    {
        if (_copy is not null && (!_sameHead || World.IsKnownByMore(_path))) Truncate();
        if (_open && !_deleted && World.Chance(2)) EndLine();
    }

    private void CopyTruncate()
    {
        if (_copy is not null)
        {
            Truncate();
            return;
        }
        World.LetRead(this); // truncated again before it was read, nobody knows what was there
        ShiftRotated();
        World.Disk.Write(_path + ".1", ReadAll(_path));
        _copy = new(_path + ".1", _live.File);
        if (!World.Chance(3)) Truncate();
    }

    private void Truncate()
    {
        World.Coverage.Meet(_sameHead ? Scenario.SameHeadTruncated : Scenario.CopyTruncated);
        WrittenFile old = _live.File;
        old.Live = false;
        old.Truncated = true;
        old.KeptBytes = (int)World.Disk.Stat(_copy!.Path)!.Value.SizeBytes;
        if (old.KeptBytes < old.Content.Count) old.Destroyed = true;
        World.Disk.Truncate(_path, 0);
        _rotated.Add(_copy);
        _copy = null;
        _open = false;
        _live = new(_path, Begin(_path, SourceKind.Plain, LogFormat.Plain, _origin));
        if (!World.Chance(3)) return;
        World.Coverage.Meet(Scenario.FastRegrowth);
        while (_live.File.Content.Count <= old.Content.Count) Write();
    }

    // .1 becomes .2.gz and so on: the same content under another name.
    private void ShiftRotated()
    {
        if (_rotated.Count > 0 && IsBeingCompressed(_rotated[^1])) _rotated[^1] = Compress(_rotated[^1]);
        while (_rotated.Count > 1 && World.MayDestroy(_rotated[0].File))
        {
            Delete(_rotated[0]);
            _rotated.RemoveAt(0);
        }
        for (int index = 0; index < _rotated.Count; index++)
        {
            NamedFile file = _rotated[index].Path.EndsWith(".gz", StringComparison.Ordinal) ? _rotated[index] : Compress(_rotated[index]);
            string next = $"{_path}.{_rotated.Count + 1 - index}.gz";
            _rotated[index] = file.Path == next ? file : Rename(file, next);
        }
    }

    private void EndLine()
    {
        if (_open) Append(_path, _live.File, "\n");
        _open = false;
    }

    private NamedFile Create()
    {
        _open = false;
        World.Disk.Write(_path, []);
        return new(_path, Begin(_path, SourceKind.Plain, LogFormat.Plain, _origin));
    }
}
