using LogPipeline.Sources.Layouts;
using LogPipeline.Tailing.Watching;
using LogPipeline.Tailing;

namespace LogPipeline.Sources.Catalog;

/// <summary>
/// Keeps what is known of the disk: walks from the globs' prefixes down and through links, and looks again at directories that are queued.
/// What cannot be looked at stays as it was; only what is not there is given up. No I/O exception escapes.
/// </summary>
internal sealed partial class CatalogWalk(IFileSystem files, IReadOnlyList<CatalogSource> sources, OwnFiles own, IDirectoryWatcher? watcher, TimeProvider time)
{
    /// <summary>
    /// A directory's time of modification has the clock tick's resolution (up to 10 ms; NFS servers up to 1 s): one that was listed within
    /// this time of its last change may change again without showing it.
    /// </summary>
    private static readonly TimeSpan TimestampResolution = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A directory that changes while it is listed may show a renamed file under both names or under none. Two lists in a row that agree are what it held in
    /// between, as no rotation brings a file's old name back; so is one behind which the directory has the time of modification that it had before. So often it is
    /// listed at most; what never comes to rest is taken as it was seen last.
    /// </summary>
    private const int MostLists = 16;

    private const string NotUtf8 = "its name is not valid UTF-8: rename it to have it read";

    private readonly Dictionary<string, CatalogDirectory> _directories = new(StringComparer.Ordinal);

    /// <summary>Parents first: a directory is listed when all the ways to it from above are known.</summary>
    private readonly PriorityQueue<CatalogDirectory, int> _queue = new();
    private List<CatalogDirectory> _dirty = [];
    private long _look;

    public UnreadableFiles Unreadable { get; } = new(files);

    public IReadOnlyCollection<CatalogDirectory> Directories => _directories.Values;

    public CatalogDirectory? Find(string path) => _directories.GetValueOrDefault(path);

    /// <summary>A new look begins: each directory's rivals are looked at once in it.</summary>
    public void Begin()
    {
        _look++;
        foreach (CatalogRoot root in _roots)
            if (!root.IsFurther || root.Directory is not { Status: not null, Forgotten: false }) LookAt(root);
    }

    public void Enqueue(CatalogDirectory directory, bool forced)
    {
        directory.Forced |= forced;
        if (directory.Queued || directory.Forgotten) return;
        directory.Queued = true;
        _queue.Enqueue(directory, directory.Depth);
    }

    public bool SeenInThisLook(CatalogDirectory directory) => directory.Look == _look;

    public void MarkDirty(CatalogDirectory directory)
    {
        if (directory.Dirty) return;
        directory.Dirty = true;
        _dirty.Add(directory);
    }

    /// <summary>Looks at what is queued and at what that leads to; the directories whose files are not what they were.</summary>
    public List<CatalogDirectory> Run()
    {
        while (_queue.TryDequeue(out CatalogDirectory? directory, out _))
        {
            directory.Queued = false;
            if (directory.Forgotten) continue;
            bool forced = directory.Forced;
            directory.Forced = false;
            LookAt(directory, forced);
        }

        List<CatalogDirectory> dirty = _dirty;
        _dirty = [];
        foreach (CatalogDirectory directory in dirty) directory.Dirty = false;
        return dirty;
    }

    private void LookAt(CatalogDirectory directory, bool forced)
    {
        directory.Look = _look;
        try
        {
            if (files.Stat(directory.Path) is not { IsDirectory: true } status)
            {
                if (HasReplacements(directory.Path)) Unreadable.Report(directory.Path, NotUtf8);
                Empty(directory);
                return;
            }

            bool same = directory.Status is { } known && IsUnchanged(known, status);
            directory.Restless = false;
            if (!forced && same && directory.Settled && LookAtEntries(directory) && !directory.Restless) return;
            watcher?.Add(directory.Path);
            List(directory, status);
            for (int lists = 1; directory.Restless && lists < MostLists && !directory.Forgotten; lists++)
            {
                FileStatus again = files.Stat(directory.Path) is { IsDirectory: true } found ? found : throw new DirectoryNotFoundException(directory.Path);
                // Names are new, or gone, since an earlier look: none has come or gone since before this one.
                if (directory.Settled && directory.Status is { } listed && IsUnchanged(listed, again)) break;
                List(directory, again);
            }
            directory.Restless = false;
        }
        catch (DirectoryNotFoundException)
        {
            Empty(directory);
        }
        catch (UnauthorizedAccessException)
        {
            Leave(directory);
            Unreadable.Refused(directory.Path);
        }
        catch (IOException failure)
        {
            Leave(directory);
            Unreadable.Report(directory.Path, failure.Message);
        }
    }

    private static bool IsUnchanged(in FileStatus directory, in FileStatus later) => FileKey.Of(directory) == FileKey.Of(later) && directory.ModifiedNanos == later.ModifiedNanos;

    /// <summary>It could not be looked at: it stays as it was, and what was seen of it while it changed is told when another look agrees.</summary>
    private void Leave(CatalogDirectory directory)
    {
        directory.Settled = false;
        if (directory.Restless && _dirty.Remove(directory)) directory.Dirty = false;
    }

    private void List(CatalogDirectory directory, in FileStatus status)
    {
        long nowNanos = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        IReadOnlyList<DirectoryItem> items = files.List(directory.Path);
        Unreadable.Clear(directory.Path);
        directory.Status = status;
        directory.Settled = status.ModifiedNanos < nowNanos - TimestampResolution.Ticks * 100;
        directory.Restless = false;
        Merge(directory, items);
    }

    /// <summary>Looks at the known names only; false when one is gone, so that the directory has to be listed.</summary>
    private bool LookAtEntries(CatalogDirectory directory)
    {
        foreach (CatalogEntry entry in directory.Entries)
        {
            if (entry is FileEntry file && !LookAt(directory, file)) return false;
            if (entry is LinkEntry link && !directory.Forgotten) LookAt(directory, link);
        }

        return true;
    }

    private void Merge(CatalogDirectory directory, IReadOnlyList<DirectoryItem> items)
    {
        DirectoryItem[] sorted = [.. items];
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        CatalogEntry[] before = directory.Entries;
        var entries = new List<CatalogEntry>(before.Length);
        var dropped = new List<CatalogEntry>();
        int next = 0, highest = -1;
        bool container = KubeletPath.IsContainerDirectory(directory.Path);
        foreach (DirectoryItem item in sorted)
        {
            while (next < before.Length && string.CompareOrdinal(before[next].Name, item.Name) < 0) dropped.Add(before[next++]);
            CatalogEntry? known = next < before.Length && before[next].Name == item.Name ? before[next++] : null;
            if (container && item.Kind is DirectoryItemKind.File or DirectoryItemKind.Link) highest = Math.Max(highest, RestartOf(item.Name));
            CatalogEntry? entry = Meet(directory, item, known);
            if (entry is not null) entries.Add(entry);
            directory.Restless |= known is null && entry is FileEntry;
            if (known is not null && !ReferenceEquals(known, entry)) dropped.Add(known);
        }

        while (next < before.Length) dropped.Add(before[next++]);
        directory.Entries = [.. entries];
        directory.Restless |= dropped.Exists(entry => entry is FileEntry);
        foreach (CatalogEntry entry in dropped) Drop(directory, entry);
        // Links last: where one leads back here, what it changes finds the entries as they are.
        foreach (CatalogEntry entry in directory.Entries)
            if (entry is LinkEntry link && !directory.Forgotten) LookAt(directory, link);
        if (highest != directory.HighestRestart)
        {
            directory.HighestRestart = highest;
            foreach (CatalogEntry entry in directory.Entries)
                if (entry is LinkEntry { Target: { } target }) MarkDirty(target);
        }

        MarkDirty(directory);
    }

    private static int RestartOf(string name)
    {
        if (!KubeletPath.TryRestart(name, out int restart) && !(RotatedName.TryParse(name, out string? live, out _) && KubeletPath.TryRestart(live, out restart))) return -1;
        return restart;
    }

    /// <summary>The entry for a listed name; null when no source has an interest in it.</summary>
    private CatalogEntry? Meet(CatalogDirectory directory, DirectoryItem item, CatalogEntry? known)
    {
        // A name that ends in .tmp is a rotation under way: it is never read.
        if (item.Kind == DirectoryItemKind.Directory) return MeetChild(directory, item.Name, known as ChildEntry);
        if (item.Name.EndsWith(".tmp", StringComparison.Ordinal)) return null;
        if (item.Kind == DirectoryItemKind.Link)
        {
            if (directory.SourceByPath(item.Name) is null && !directory.Reaches.Exists(reach => Descends(reach, item.Name, throughLink: true) != 0)) return null;
            return known as LinkEntry ?? new LinkEntry(item.Name);
        }

        if (item.Kind != DirectoryItemKind.File || !directory.IsOfInterest(item.Name) || IsOwn(directory, item.Name)) return null;
        FileEntry file = known as FileEntry ?? new FileEntry(item.Name, directory.PathOf(item.Name));
        if (LookAt(directory, file)) return file;
        directory.Restless = true;
        return null;
    }

    private bool IsOwn(CatalogDirectory directory, string name) =>
        own.Contains(directory.PathOf(name)) || (RotatedName.TryParse(name, out string? live, out _) && own.Contains(directory.PathOf(live)));

    private static bool HasReplacements(string path) => path.Contains('\uFFFD', StringComparison.Ordinal);

    private ChildEntry? MeetChild(CatalogDirectory directory, string name, ChildEntry? known)
    {
        if (known?.ReachVersion == directory.ReachVersion) return known;
        ChildEntry? child = known;
        foreach (Reach reach in directory.Reaches)
        {
            ulong places = Descends(reach, name, throughLink: false);
            if (places == 0) continue;
            string path = directory.PathOf(name);
            if (own.Contains(path)) return null;
            child ??= new ChildEntry(name, GetOrAdd(path));
            AddReach(child.Directory, new Reach(reach.Found == directory.Path ? child.Directory.Path : CatalogDirectory.Join(reach.Found, name), reach.Source, places));
        }

        if (child is not null) child.ReachVersion = directory.ReachVersion;
        return child;
    }

    /// <summary>The places of a reach in a directory of this name; 0 when its source has no interest in it.</summary>
    private static ulong Descends(Reach reach, string name, bool throughLink)
    {
        ulong places = reach.Source.Include.Step(reach.Places, name, throughLink);
        return reach.Source.Include.Descends(places) && !reach.Source.Excludes(CatalogDirectory.Join(reach.Found, name)) ? places : 0;
    }

    /// <summary>False when the file is not there any more.</summary>
    private bool LookAt(CatalogDirectory directory, FileEntry file)
    {
        bool opening = false;
        try
        {
            if (files.Stat(file.Path) is not { } status)
            {
                if (!HasReplacements(file.Name)) return false;
                Unreadable.Report(file.Path, NotUtf8);
                return true;
            }

            if (!status.IsRegular) return false;
            if (!file.Denied) Unreadable.Clear(file.Path);
            if (file.Status == status && !file.Denied) return true;
            bool opened = file.Readable && file.Status is { } known && FileKey.Of(known) == FileKey.Of(status)
                && (known.Mode, known.UserId, known.GroupId) == (status.Mode, status.UserId, status.GroupId);
            if (file.Status != status) MarkDirty(directory);
            directory.Restless |= file.Status is { } before && FileKey.Of(before) != FileKey.Of(status);
            file.Status = status;
            if (opened) return true;
            opening = true;
            files.Open(file.Path).Dispose();
            if (file.Denied) MarkDirty(directory);
            file.Denied = false;
            Unreadable.Clear(file.Path);
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            file.Denied |= opening;
            Unreadable.Refused(file.Path);
        }
        catch (IOException failure)
        {
            // Too many open files, or a sick disk: it is tried again with every look.
            file.Denied |= opening;
            Unreadable.Report(file.Path, failure.Message);
        }

        return true;
    }
}
