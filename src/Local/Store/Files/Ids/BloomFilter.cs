using System.Numerics;

namespace LogPipeline.Local.Store.Files.Ids;

/// <summary>
/// A blocked Bloom filter over <see cref="IdHash"/>: 16 bits an id, six of them set, all in one cache line. About one id in 500 that is
/// not there passes (in files with 12 bits an id, as they were written first, one in 100).
/// </summary>
internal sealed class BloomFilter
{
    private const int BitsPerId = 16;
    private const int WordsPerLine = 8;
    private const int BitsSet = 6;

    private readonly ulong[] _words;
    private readonly uint _lines;

    public BloomFilter(int ids)
        : this(new ulong[Math.Max(1, (((long)ids * BitsPerId) + 511) / 512) * WordsPerLine])
    {
    }

    public BloomFilter(ulong[] words)
    {
        _words = words;
        _lines = (uint)(words.Length / WordsPerLine);
    }

    public ReadOnlySpan<ulong> Words => _words;

    public void Add(ulong hash)
    {
        Span<ulong> line = Line(hash);
        ulong bits = Bits(hash);
        for (int i = 0; i < BitsSet; i++, bits >>= 9) line[(int)((bits >> 6) & 7)] |= 1UL << (int)(bits & 63);
    }

    public bool MayContain(ulong hash)
    {
        Span<ulong> line = Line(hash);
        ulong bits = Bits(hash);
        for (int i = 0; i < BitsSet; i++, bits >>= 9)
        {
            if ((line[(int)((bits >> 6) & 7)] & (1UL << (int)(bits & 63))) == 0) return false;
        }

        return true;
    }

    private Span<ulong> Line(ulong hash) => _words.AsSpan((int)(((hash >> 32) * _lines) >> 32) * WordsPerLine, WordsPerLine);

    private static ulong Bits(ulong hash) => BitOperations.RotateLeft(hash * 0x9E3779B97F4A7C15, 27);
}
