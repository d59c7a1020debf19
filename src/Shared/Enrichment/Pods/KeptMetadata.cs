using System.Diagnostics.CodeAnalysis;

namespace LogPipeline.Enrichment.Pods;

/// <summary>
/// Objects of one kind by name, and how each has changed: what is gone from the API is kept for as long as somebody reads its logs, and a while longer, as files are
/// found late. Not safe from several threads; <see cref="PodDirectory"/> has the gate.
/// </summary>
/// <param name="same">Whether two states differ in nothing that matters.</param>
/// <param name="time">The clock.</param>
internal sealed class KeptMetadata<T>(Func<T, T, bool> same, TimeProvider time)
    where T : class
{
    /// <summary>How long what is gone and has no reader is kept: the kubelet removes the files of a deleted Pod within a minute or so.</summary>
    private static readonly TimeSpan GoneKept = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan SweptEvery = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Dictionary<string, int> _readers = [];
    private long _sweptAt = time.GetTimestamp();

    public int Count => _entries.Count;

    public IEnumerable<T> Values => _entries.Values.Select(entry => entry.Value);

    public bool TryFind(string name, [NotNullWhen(true)] out T? found, out long revision)
    {
        Entry? entry = _entries.GetValueOrDefault(name);
        (found, revision) = (entry?.Value, entry?.Revision ?? 0);
        return found is not null;
    }

    /// <summary>True when it is new, or says something else than before.</summary>
    public bool Put(string name, T value, long revision)
    {
        Sweep();
        if (_entries.TryGetValue(name, out Entry? before) && same(before.Value, value))
        {
            before.GoneAt = null;
            return false;
        }
        _entries[name] = new Entry(value, revision);
        return true;
    }

    public void Gone(string name)
    {
        if (_entries.TryGetValue(name, out Entry? entry)) entry.GoneAt ??= time.GetTimestamp();
        Sweep();
    }

    /// <summary>A list of everything: what is not in it is gone.</summary>
    public void GoneBut(IReadOnlySet<string> listed)
    {
        foreach (string name in _entries.Keys.Where(name => !listed.Contains(name)).ToList()) Gone(name);
    }

    public void Enter(string name) => _readers[name] = _readers.GetValueOrDefault(name) + 1;

    public void Leave(string name)
    {
        if (!_readers.TryGetValue(name, out int readers)) return;
        if (readers > 1) _readers[name] = readers - 1;
        else _readers.Remove(name);
    }

    private void Sweep()
    {
        if (time.GetElapsedTime(_sweptAt) < SweptEvery) return;
        _sweptAt = time.GetTimestamp();
        foreach ((string name, Entry entry) in _entries.ToList())
            if (entry.GoneAt is { } since && time.GetElapsedTime(since) >= GoneKept && !_readers.ContainsKey(name)) _entries.Remove(name);
    }

    private sealed class Entry(T value, long revision)
    {
        public T Value { get; } = value;

        public long Revision { get; } = revision;

        public long? GoneAt { get; set; }
    }
}
