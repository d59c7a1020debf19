using System.Buffers.Binary;

namespace LogPipeline.Local.Store.Files.Ids;

/// <summary>
/// The 64-bit hash under which an id is looked up. Two ids may share one: a hit is always compared with the id itself. Part of the
/// files' format, so it never changes.
/// </summary>
internal static class IdHash
{
    private const ulong Seed = 0x9E3779B97F4A7C15;
    private const ulong Factor = 0xD6E8FEB86659FD93;

    public static ulong Of(ReadOnlySpan<byte> id)
    {
        ulong hash = Seed ^ ((ulong)id.Length * Factor);
        while (id.Length >= 8)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(id));
            id = id[8..];
        }

        ulong tail = 0;
        for (int i = 0; i < id.Length; i++) tail |= (ulong)id[i] << (8 * i);
        return Mix(Mix(hash, tail), Seed);
    }

    /// <summary>A value of a field, for a block's summary; never 0.</summary>
    public static uint OfFieldValue(ulong path, ReadOnlySpan<byte> value)
    {
        ulong hash = Mix(path, Of(value));
        return Math.Max(1, (uint)(hash ^ (hash >> 32)));
    }

    /// <summary>A field, for a block's summary.</summary>
    public static uint OfField(ulong path) => (uint)(path ^ (path >> 32));

    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a ^ b, Factor, out ulong low);
        return high ^ low;
    }

}
