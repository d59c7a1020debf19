using LogPipeline.Configuration;
using LogPipeline.Tailing;

namespace LogPipeline.Sources.Catalog;

/// <summary>Where the sources' walks begin, and where those wait whose directory is not there.</summary>
internal sealed partial class CatalogWalk
{
    private readonly List<CatalogRoot> _roots = [.. sources.Select(source => new CatalogRoot(source))];
    private int _nextIndex = sources.Count;

    /// <summary>The directories above prefixes that do not exist, where they may appear.</summary>
    public IEnumerable<string> AwaitedIn => _roots.Where(root => root.AwaitedIn is not null).Select(root => root.AwaitedIn!);

    /// <summary>Sources behind the configured ones, in place of those given before.</summary>
    public void Use(IReadOnlyList<SourceOptions> further)
    {
        HashSet<string> wanted = [.. further.Select(options => options.Path)];
        foreach (CatalogRoot root in _roots.Where(root => root.IsFurther && !wanted.Contains(root.Source.Include.Text)).ToList()) Remove(root);
        HashSet<string> known = [.. _roots.Where(root => root.IsFurther).Select(root => root.Source.Include.Text)];
        foreach (SourceOptions options in further)
            if (known.Add(options.Path)) _roots.Add(new CatalogRoot(new CatalogSource(_nextIndex++, options)) { IsFurther = true });
    }

    private void Remove(CatalogRoot root)
    {
        _roots.Remove(root);
        Await(root, null);
        if (root.Obstacle is { } obstacle) Unreadable.Clear(obstacle);
        if (root.Directory is { } directory) RemoveReach(directory, root.Source.Include.Prefix, root.Source);
    }

    private void LookAt(CatalogRoot root)
    {
        string prefix = root.Source.Include.Prefix;
        if (!TryFindDirectory(root, prefix, out string? resolved)) return;
        while (resolved is null)
        {
            string above = prefix;
            string? existing = null;
            while (existing is null && above != "/")
                if (!TryFindDirectory(root, above = Path.GetDirectoryName(above)!, out existing)) return;
            if (existing is null || existing == root.AwaitedIn) break;
            Await(root, existing);
            // Once more: it may have appeared before the watch was there.
            if (!TryFindDirectory(root, prefix, out resolved)) return;
        }

        if (resolved is not null) Await(root, null);
        if (resolved is not null && (own.Contains(resolved) || root.Source.Excludes(resolved) || root.Source.Excludes(prefix))) resolved = null;
        if (root.Directory?.Path == resolved && root.Directory?.Forgotten != true) return;
        CatalogDirectory? before = root.Directory;
        root.Directory = resolved is null ? null : GetOrAdd(resolved);
        if (root.Directory is not null) AddReach(root.Directory, new Reach(prefix, root.Source, root.Source.Include.Start));
        if (before is not null && !ReferenceEquals(before, root.Directory)) RemoveReach(before, prefix, root.Source);
    }

    private void Await(CatalogRoot root, string? directory)
    {
        string? before = root.AwaitedIn;
        if (before == directory) return;
        root.AwaitedIn = directory;
        if (directory is not null) watcher?.Add(directory);
        if (before is not null) Unwatch(before);
    }

    private void Unwatch(string directory)
    {
        if (!_directories.ContainsKey(directory) && !_roots.Exists(root => root.AwaitedIn == directory)) watcher?.Remove(directory);
    }

    /// <summary>The resolved path of a directory, null when there is none; false when that cannot be told.</summary>
    private bool TryFindDirectory(CatalogRoot root, string directory, out string? resolved)
    {
        resolved = null;
        try
        {
            string? path = files.ResolvePath(directory);
            if (path is not null && files.Stat(path) is { IsDirectory: true }) resolved = path;
            if (root.Obstacle != directory) return true;
            root.Obstacle = null;
            Unreadable.Clear(directory);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            root.Obstacle = directory;
            Unreadable.Refused(directory);
        }
        catch (IOException failure)
        {
            root.Obstacle = directory;
            Unreadable.Report(directory, failure.Message);
        }

        return false;
    }
}
