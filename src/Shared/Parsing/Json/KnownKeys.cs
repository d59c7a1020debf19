namespace LogPipeline.Parsing.Json;

/// <summary>
/// Up to 64 keys that stood in the texts before: an application's records have the same few ones, mostly in the same order. A key that is known has been checked, and has a
/// number, so that a bit says whether an object has it already. Which key follows which is remembered, so that the next one is mostly found by one comparison.
/// </summary>
internal sealed class KnownKeys
{
    public const int Capacity = 64;

    /// <summary>What <see cref="Find"/> and <see cref="Follow"/> return for a key that is not known.</summary>
    public const int None = -1;

    private const int MaxKeyBytes = 64;

    // So many texts with a key that found no room are no accident: what is known is not what is used now.
    private const int MaxMisses = 256;

    // Open addressing; numbers of keys plus one.
    private readonly byte[] _slots = new byte[Capacity * 2];
    private readonly Entry[] _entries = new Entry[Capacity];
    private Followers _first = new(None, None);
    private int _count, _misses;

    /// <summary>Before a text: makes room for the keys that are used now, when those that are known are not.</summary>
    public void BeginText()
    {
        if (_misses < MaxMisses) return;
        (_count, _misses, _first) = (0, 0, new(None, None));
        Array.Clear(_slots);
    }

    /// <summary>Bytes of a known key.</summary>
    public int LengthOf(int key) => _entries[key].KeyQuoteColon.Length - 2;

    /// <summary>What a known key says of its value.</summary>
    public JsonSeverity.Key SeverityKeyOf(int key) => _entries[key].SeverityKey;

    /// <summary>The key with which a text goes on, when it is one that followed the one before it of late, and quote and colon stand behind it.</summary>
    /// <param name="text">Behind the key's opening quote.</param>
    /// <param name="before">The key before it; <see cref="None"/> for the first of a text, or behind one that is not known.</param>
    public int Follow(ReadOnlySpan<byte> text, int before)
    {
        Followers likely = before < 0 ? _first : _entries[before].Followers;
        if (likely.Last >= 0 && text.StartsWith(_entries[likely.Last].KeyQuoteColon)) return likely.Last;
        if (likely.Other < 0 || !text.StartsWith(_entries[likely.Other].KeyQuoteColon)) return None;
        Remember(before, likely.Other);
        return likely.Other;
    }

    /// <summary>The number of a key without escapes.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        if (key.Length is 0 or > MaxKeyBytes) return None;
        for (int slot = SlotOf(key); _slots[slot] != 0; slot = (slot + 1) % _slots.Length)
            if (_entries[_slots[slot] - 1].KeyQuoteColon.AsSpan()[..^2].SequenceEqual(key)) return _slots[slot] - 1;
        return None;
    }

    /// <summary>Takes in a key that is storable, has no escapes and is not known. <see cref="None"/> where there is no room.</summary>
    public int Add(ReadOnlySpan<byte> key)
    {
        if (key.Length > MaxKeyBytes) return None;
        if (_count == Capacity)
        {
            _misses++;
            return None;
        }
        int slot = SlotOf(key);
        while (_slots[slot] != 0) slot = (slot + 1) % _slots.Length;
        _entries[_count] = new Entry { KeyQuoteColon = [.. key, (byte)'"', (byte)':'], SeverityKey = JsonSeverity.KeyOf(key), Followers = new(None, None) };
        _slots[slot] = (byte)++_count;
        return _count - 1;
    }

    /// <summary>A key came behind another (<see cref="None"/>: as the first of a text).</summary>
    public void Remember(int before, int key)
    {
        ref Followers followers = ref before < 0 ? ref _first : ref _entries[before].Followers;
        if (followers.Last != key) followers = new(key, followers.Last);
    }

    private int SlotOf(ReadOnlySpan<byte> key) => ((key.Length * 31) + (key[0] * 7) + (key[key.Length / 2] * 13) + (key[^1] * 17)) % _slots.Length;

    private readonly record struct Followers(int Last, int Other);

    private struct Entry
    {
        public byte[] KeyQuoteColon;
        public JsonSeverity.Key SeverityKey;
        public Followers Followers;
    }
}
