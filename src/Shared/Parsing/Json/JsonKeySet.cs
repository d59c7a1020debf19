using System.Runtime.InteropServices;

namespace LogPipeline.Parsing.Json;

/// <summary>
/// The keys of one JSON text that are not among <see cref="KnownKeys"/>, to tell a key that stands twice in the same object. Hashes are seeded per process, so that no
/// one can write a text whose keys collide. Reused from text to text; allocates only to grow, up to <see cref="MaxKeys"/>.
/// </summary>
internal sealed class JsonKeySet
{
    /// <summary>Keys of one text, over all its objects, known or not. Far above what a log record has, and what bounds the memory of this set.</summary>
    public const int MaxKeys = 4_096;

    private const int InitialSlots = 64;

    private struct Entry
    {
        public int ObjectNumber;
        public int Hash;
        public int Start;
        public int Length;
        public bool IsUnescaped;
    }

    private Entry[] _entries = new Entry[InitialSlots / 2];
    private ushort[] _slots = new ushort[InitialSlots];
    private byte[] _unescaped = [];
    private int _unescapedLength;
    private int _mask = InitialSlots - 1;

    public int Count { get; private set; }

    public void Clear()
    {
        Count = 0;
        _unescapedLength = 0;
        _mask = InitialSlots - 1;
        _slots.AsSpan(0, InitialSlots).Clear();
    }

    /// <summary>Adds a key that lies in the text as it is meant; false when the object has it already.</summary>
    public bool TryAdd(int objectNumber, ReadOnlySpan<byte> text, int start, int length) =>
        TryAdd(objectNumber, text, text.Slice(start, length), start, false);

    /// <summary>Adds a key written with escapes, given as they are meant; false when the object has it already.</summary>
    public bool TryAddUnescaped(int objectNumber, ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        int start = _unescapedLength;
        if (_unescaped.Length - start < key.Length) Array.Resize(ref _unescaped, Math.Max(_unescaped.Length * 2, start + key.Length));
        key.CopyTo(_unescaped.AsSpan(start));
        _unescapedLength += key.Length;
        return TryAdd(objectNumber, text, key, start, true);
    }

    private bool TryAdd(int objectNumber, ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, int start, bool isUnescaped)
    {
        int hash = Hash(objectNumber, key);
        int slot = hash & _mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & _mask)
        {
            ref Entry entry = ref _entries[_slots[slot] - 1];
            if (entry.Hash != hash || entry.ObjectNumber != objectNumber || entry.Length != key.Length) continue;
            ReadOnlySpan<byte> other = entry.IsUnescaped ? _unescaped.AsSpan(entry.Start, entry.Length) : text.Slice(entry.Start, entry.Length);
            if (other.SequenceEqual(key)) return false;
        }

        if (Count == _entries.Length) Array.Resize(ref _entries, Count * 2);
        _entries[Count++] = new Entry { ObjectNumber = objectNumber, Hash = hash, Start = start, Length = key.Length, IsUnescaped = isUnescaped };
        _slots[slot] = (ushort)Count;
        if (Count * 2 > _mask) Grow();
        return true;
    }

    private void Grow()
    {
        int size = (_mask + 1) * 4;
        if (_slots.Length < size) _slots = new ushort[size];
        else _slots.AsSpan(0, size).Clear();
        _mask = size - 1;
        for (int i = 0; i < Count; i++)
        {
            int slot = _entries[i].Hash & _mask;
            while (_slots[slot] != 0) slot = (slot + 1) & _mask;
            _slots[slot] = (ushort)(i + 1);
        }
    }

    private static int Hash(int objectNumber, ReadOnlySpan<byte> key)
    {
        int hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(key));
        int last = key.IsEmpty ? 0 : key[^1];
        return hash ^ (objectNumber * -1640531527) ^ (last * 0x01000193) ^ key.Length;
    }
}
