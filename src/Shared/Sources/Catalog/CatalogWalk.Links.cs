using LogPipeline.Tailing;

namespace LogPipeline.Sources.Catalog;

/// <summary>Links, and which paths lead to a directory: it is forgotten with the last of them.</summary>
internal sealed partial class CatalogWalk
{
    private void LookAt(CatalogDirectory directory, LinkEntry link)
    {
        string path = directory.PathOf(link.Name);
        try
        {
            FileStatus? status = files.Stat(path);
            bool same = status is { } now && link.Status is { } known && FileKey.Of(now) == FileKey.Of(known);
            if (same && link.ReachVersion == directory.ReachVersion && link.Target?.Forgotten != true) return;
            link.Status = status;
            link.ReachVersion = directory.ReachVersion;
            string? resolved = status is null ? null : files.ResolvePath(path);
            Unreadable.Clear(path);
            if (resolved is null || own.Contains(resolved)) Unfollow(directory, link);
            else if (status!.Value.IsDirectory) FollowToDirectory(directory, link, resolved);
            else if (status.Value.IsRegular) FollowToFile(directory, link, resolved);
            else Unfollow(directory, link);
        }
        catch (UnauthorizedAccessException)
        {
            Unreadable.Refused(path);
        }
        catch (IOException failure)
        {
            Unreadable.Report(path, failure.Message);
        }
    }

    private void FollowToDirectory(CatalogDirectory directory, LinkEntry link, string resolved)
    {
        if (link.Target?.Path != resolved || link.TargetName is not null) Unfollow(directory, link);
        // A copy: the link may lead to its own directory.
        foreach (Reach reach in directory.Reaches.ToArray())
        {
            ulong places = Descends(reach, link.Name, throughLink: true);
            if (places == 0 || reach.Source.Excludes(resolved)) continue;
            link.Target = GetOrAdd(resolved);
            AddReach(link.Target, new Reach(CatalogDirectory.Join(reach.Found, link.Name), reach.Source, places));
        }
    }

    private void FollowToFile(CatalogDirectory directory, LinkEntry link, string resolved)
    {
        if (directory.SourceByPath(link.Name, resolved) is not { } reach)
        {
            Unfollow(directory, link);
            return;
        }

        string name = Path.GetFileName(resolved);
        var linked = new LinkedFile(name, CatalogDirectory.Join(reach.Found, link.Name), directory, reach.Source);
        CatalogDirectory target = GetOrAdd(Path.GetDirectoryName(resolved)!);
        if (ReferenceEquals(target, link.Target) && target.Linked!.Contains(linked)) return;

        CatalogSource? source = target.SourceOf(name);
        (CatalogDirectory? Target, string? Name) before = (link.Target, link.TargetName);
        target.Linked ??= new(1);
        target.Linked.RemoveAll(other => other.IsOf(directory, link) && other.Name == name);
        target.Linked.Add(linked);
        if (source != target.SourceOf(name)) Enqueue(target, forced: true);
        else MarkDirty(target);
        if (before.Target is not null && (!ReferenceEquals(before.Target, target) || before.Name != name)) Unfollow(directory, link);
        (link.Target, link.TargetName) = (target, name);
    }

    /// <summary>The link leads nowhere of interest any more.</summary>
    private void Unfollow(CatalogDirectory directory, LinkEntry link)
    {
        if (link.Target is not { } target) return;
        link.Target = null;
        if (link.TargetName is not { } name)
        {
            foreach (Reach reach in directory.Reaches.ToArray()) RemoveReach(target, CatalogDirectory.Join(reach.Found, link.Name), reach.Source);
            return;
        }

        link.TargetName = null;
        target.Linked?.RemoveAll(linked => linked.IsOf(directory, link) && linked.Name == name);
        if (target.Linked?.Count == 0) target.Linked = null;
        if (!ForgetIfUnreached(target)) Enqueue(target, forced: true);
    }

    private CatalogDirectory GetOrAdd(string path)
    {
        if (!_directories.TryGetValue(path, out CatalogDirectory? directory)) _directories.Add(path, directory = new CatalogDirectory(path));
        return directory;
    }

    private void AddReach(CatalogDirectory directory, Reach reach)
    {
        int known = directory.Reaches.FindIndex(other => other.Source == reach.Source && other.Found == reach.Found);
        if (known >= 0) return;
        directory.Reaches.Add(reach);
        directory.ReachVersion++;
        Enqueue(directory, forced: true);
    }

    private void RemoveReach(CatalogDirectory directory, string found, CatalogSource source)
    {
        int index = directory.Reaches.FindIndex(reach => reach.Source == source && reach.Found == found);
        if (index < 0) return;
        directory.Reaches.RemoveAt(index);
        directory.ReachVersion++;

        // First all that was derived from it, then removing: a link in a loop may come back here and forget this directory with its links.
        var derived = new List<(CatalogDirectory Directory, string Name)>();
        foreach (CatalogEntry entry in directory.Entries)
        {
            if (entry is ChildEntry child) derived.Add((child.Directory, child.Name));
            else if (entry is LinkEntry { Target: { } target, TargetName: null }) derived.Add((target, entry.Name));
        }

        foreach ((CatalogDirectory below, string name) in derived) RemoveReach(below, CatalogDirectory.Join(found, name), source);
        if (!ForgetIfUnreached(directory)) Enqueue(directory, forced: true);
    }

    private bool ForgetIfUnreached(CatalogDirectory directory)
    {
        if (directory.Reaches.Count > 0 || directory.Linked is not null) return false;
        if (directory.Forgotten) return true;
        directory.Forgotten = true;
        _directories.Remove(directory.Path);
        Empty(directory);
        Unreadable.Clear(directory.Path);
        Unwatch(directory.Path);
        return true;
    }

    private void Empty(CatalogDirectory directory)
    {
        CatalogEntry[] entries = directory.Entries;
        directory.Entries = [];
        directory.Status = null;
        directory.HighestRestart = -1;
        foreach (CatalogEntry entry in entries) Drop(directory, entry);
        MarkDirty(directory);
    }

    private void Drop(CatalogDirectory directory, CatalogEntry entry)
    {
        Unreadable.Clear(directory.PathOf(entry.Name));
        if (entry is LinkEntry link) Unfollow(directory, link);
        if (entry is not ChildEntry child) return;
        foreach (Reach reach in directory.Reaches.ToArray()) RemoveReach(child.Directory, CatalogDirectory.Join(reach.Found, child.Name), reach.Source);
    }
}
