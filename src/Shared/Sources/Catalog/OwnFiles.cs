using LogPipeline.Tailing;

namespace LogPipeline.Sources.Catalog;

/// <summary>This pipeline's own state, store and logs, by their paths as given and resolved.</summary>
internal sealed class OwnFiles
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public OwnFiles(IFileSystem files, IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            string trimmed = path.Length > 1 ? path.TrimEnd('/') : path;
            _paths.Add(trimmed);
            try
            {
                if (files.ResolvePath(trimmed) is { } resolved) _paths.Add(resolved);
            }
            catch (UnauthorizedAccessException)
            {
                // What cannot be resolved is left out under the name it was given.
            }
            catch (IOException)
            {
                // As above.
            }
        }
    }

    /// <summary>The path is one of them or lies beneath one.</summary>
    public bool Contains(string path)
    {
        foreach (string own in _paths)
            if (path.StartsWith(own, StringComparison.Ordinal) && (path.Length == own.Length || path[own.Length] == '/')) return true;
        return false;
    }
}
