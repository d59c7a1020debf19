using System.Runtime.InteropServices;

namespace LogPipeline.Tailing.Watching;

/// <summary>Events read together. A file that is modified again and again is in it once between other events of its own.</summary>
internal sealed class InotifyBatch
{
    private readonly List<DirectoryEvent> _events = [];
    private readonly HashSet<(string Directory, string Name)> _modified = [];

    public int Count => _events.Count;

    public ReadOnlySpan<DirectoryEvent> Events => CollectionsMarshal.AsSpan(_events);

    public void Add(string directory, string name, DirectoryEventKind kind)
    {
        if (kind == DirectoryEventKind.Modified)
        {
            if (!_modified.Add((directory, name))) return;
        }
        else
        {
            _modified.Remove((directory, name));
        }

        _events.Add(new DirectoryEvent(directory, name, kind));
    }

    public void Clear()
    {
        _events.Clear();
        _modified.Clear();
    }
}
