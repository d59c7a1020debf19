using LogPipeline.Formats;
using LogPipeline.Sources;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Simulation;

/// <summary>An application's file under logrotate: renamed and created anew, compressed a rotation later.</summary>
internal sealed class PlainWriter : SimulatedWriter
{
    private readonly string _live;
    private readonly List<string> _rotated = [];
    private string _open = "";
    private int _destroyed;

    public PlainWriter(InMemoryFileSystem disk, SimulatedTime time, Random random, int number) : base(disk, time, random)
    {
        disk.CreateDirectory(disk.Root + "/log");
        _live = $"{disk.Root}/log/app-{number}.log";
        disk.Write(_live, []);
    }

    public override string Key => _live;

    public override DiscoveredStream Discover() => new()
    {
        Key = _live, Kind = SourceKind.Plain, Format = LogFormat.Plain, Origin = new LogOrigin(),
        Files = [.. _rotated.Select(path => See(path, live: false)).Append(See(_live, live: true)).OfType<DiscoveredFile>()],
    };

    public override void Write()
    {
        foreach (string line in NextLines())
        {
            if (line.Length == 0 && Disk.Stat(_live)!.Value.SizeBytes == 0) continue; // files that begin alike are another test's
            // A buffer that was flushed in the middle of a line.
            if (Random.Next(8) == 0)
            {
                Append(line + " half");
                return;
            }
            EndLine(line);
        }
    }

    public override void Rotate(Func<int, bool> mayDestroy)
    {
        if (_open.Length > 0) EndLine("");
        for (int index = 0; index < _rotated.Count; index++)
        {
            string plain = _rotated[index];
            if (plain.EndsWith(".gz", StringComparison.Ordinal)) continue;
            Disk.Write(plain + ".gz", Gzip(ReadAll(plain)));
            Disk.Delete(plain);
            _rotated[index] = plain + ".gz";
        }
        while (_rotated.Count > 2 && mayDestroy(_destroyed))
        {
            Disk.Delete(_rotated[0]);
            _rotated.RemoveAt(0);
            _destroyed++;
        }
        // .1 becomes .2 and so on: the same content under another name.
        for (int index = 0; index < _rotated.Count; index++)
        {
            string next = $"{_live}.{_rotated.Count + 1 - index}.gz";
            if (next == _rotated[index]) continue;
            Disk.Rename(_rotated[index], next);
            _rotated[index] = next;
        }
        Disk.Rename(_live, _live + ".1");
        _rotated.Add(_live + ".1");
        Disk.Write(_live, []);
    }

    public override void Finish()
    {
        if (_open.Length > 0) EndLine("");
    }

    private void EndLine(string line)
    {
        Append(line + "\n");
        Lines[SubStream.None].Add(_open.TrimEnd('\n'));
        _open = "";
    }

    private void Append(string text)
    {
        byte[] bytes = Utf8(text);
        Disk.Append(_live, bytes);
        Bytes[SubStream.None] += bytes.Length;
        _open += text;
    }
}
