namespace LogPipeline.Tailing.Watching;

/// <summary>What a directory was when it was last looked at.</summary>
internal sealed class PolledDirectory(string path, IFileSystem files, TimeProvider time)
{
    /// <summary>The coarsest time of modification of the file systems in use: a listing this close to it may have missed a change.</summary>
    private static readonly long ResolutionNanos = 2_000_000_000;

    private Dictionary<string, FileStatus?> _names = new(StringComparer.Ordinal);
    private FileStatus? _status;
    private bool _settled;

    public string Path { get; } = path;

    /// <summary>
    /// Adds what is different now; false when this directory is gone or is another one. Throws as <see cref="IFileSystem.List"/> does; the
    /// state is then as it was, and events already added are true.
    /// </summary>
    public bool Look(List<DirectoryEvent> events)
    {
        if (files.Stat(Path) is not { IsDirectory: true } status) return false;
        if (_status is { } known && !Same(known, status)) return false;
        bool unchanged = _settled && _status?.ModifiedNanos == status.ModifiedNanos;
        long nowNanos = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        Dictionary<string, FileStatus?> now;
        try
        {
            now = unchanged ? _names : List();
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }

        if (!unchanged) CompareNames(now, events);
        foreach ((string name, FileStatus? before) in now.ToArray())
        {
            if (before is not { } old || files.Stat(Path + "/" + name) is not { } file) continue;
            if (old == file) continue;
            now[name] = file;
            if (!Same(old, file)) events.Add(new DirectoryEvent(Path, name, DirectoryEventKind.Created));
            else if (old.SizeBytes != file.SizeBytes || old.ModifiedNanos != file.ModifiedNanos) events.Add(new DirectoryEvent(Path, name, DirectoryEventKind.Modified));
        }

        (_names, _status) = (now, status);
        _settled = status.ModifiedNanos < nowNanos - ResolutionNanos;
        return true;
    }

    private static bool Same(FileStatus a, FileStatus b) => (a.Device, a.Inode, a.BirthNanos) == (b.Device, b.Inode, b.BirthNanos);

    /// <summary>The names now with the statuses known before; new files with the one they have, directories with none.</summary>
    private Dictionary<string, FileStatus?> List()
    {
        var names = new Dictionary<string, FileStatus?>(StringComparer.Ordinal);
        foreach (DirectoryItem item in files.List(Path))
        {
            bool followed = item.Kind is DirectoryItemKind.File or DirectoryItemKind.Link;
            names[item.Name] = _names.TryGetValue(item.Name, out FileStatus? known) && known is not null ? known
                : followed && files.Stat(Path + "/" + item.Name) is { IsDirectory: false } status ? status : null;
        }

        return names;
    }

    private void CompareNames(Dictionary<string, FileStatus?> now, List<DirectoryEvent> events)
    {
        if (_status is null) return;
        var left = _names.Where(name => !now.ContainsKey(name.Key)).ToDictionary(StringComparer.Ordinal);
        var come = now.Where(name => !_names.ContainsKey(name.Key)).ToList();
        foreach ((string name, FileStatus? status) in come)
        {
            // The same file under another name was renamed.
            string? from = status is { } file ? left.FirstOrDefault(old => old.Value is { } before && Same(before, file)).Key : null;
            if (from is not null) left.Remove(from);
            if (from is not null) events.Add(new DirectoryEvent(Path, from, DirectoryEventKind.MovedFrom));
            events.Add(new DirectoryEvent(Path, name, from is not null ? DirectoryEventKind.MovedTo : DirectoryEventKind.Created));
        }

        foreach (string name in left.Keys) events.Add(new DirectoryEvent(Path, name, DirectoryEventKind.Deleted));
    }
}
