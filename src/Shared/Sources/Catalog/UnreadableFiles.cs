using LogPipeline.Tailing;

namespace LogPipeline.Sources.Catalog;

/// <summary>What cannot be read now, each reported once for as long as that lasts.</summary>
internal sealed class UnreadableFiles(IFileSystem files)
{
    private readonly Dictionary<string, UnreadableFile> _current = new(StringComparer.Ordinal);
    private readonly AccessHint _hint = new(files);
    private List<UnreadableFile> _unreported = [];

    public IReadOnlyCollection<UnreadableFile> Current => _current.Values;

    /// <summary>Access was refused: the hint says who has it.</summary>
    public void Refused(string path)
    {
        if (!_current.ContainsKey(path)) Report(path, _hint.For(path));
    }

    public void Report(string path, string hint)
    {
        if (_current.ContainsKey(path)) return;
        var unreadable = new UnreadableFile(path, hint);
        _current.Add(path, unreadable);
        _unreported.Add(unreadable);
    }

    /// <summary>It can be read again, or is gone.</summary>
    public void Clear(string path)
    {
        if (_current.Count > 0) _current.Remove(path);
    }

    public IReadOnlyList<UnreadableFile> Take()
    {
        if (_unreported.Count == 0) return [];
        List<UnreadableFile> taken = _unreported;
        _unreported = [];
        return taken;
    }
}
