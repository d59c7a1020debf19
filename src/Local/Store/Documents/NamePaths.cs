namespace LogPipeline.Local.Store.Documents;

/// <summary>Paths of names that were seen a moment ago: the documents of a stream have the same ones again and again, and comparing is quicker than hashing. Not thread-safe.</summary>
internal sealed class NamePaths
{
    private const int Slots = 256, LongestName = 64;

    private readonly Entry[] _entries = new Entry[Slots];

    /// <summary>As <see cref="FieldPath.Child"/>.</summary>
    public ulong Child(ulong parent, ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > LongestName) return FieldPath.Child(parent, name);
        ref Entry entry = ref _entries[(int)(parent >> 7 & 0xff) + (name.Length * 37) + (name[0] * 5) + (name[^1] * 11) + name[name.Length / 2] & (Slots - 1)];
        if (entry.Name is not null && entry.Parent == parent && name.SequenceEqual(entry.Name)) return entry.Path;
        entry = new Entry(parent, name.ToArray(), FieldPath.Child(parent, name));
        return entry.Path;
    }

    private readonly record struct Entry(ulong Parent, byte[]? Name, ulong Path);
}
