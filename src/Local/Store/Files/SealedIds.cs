using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// The ids of a sealed segment: a Bloom filter in memory, the sorted hashes and their positions on disk. Hashes are uniform, so one or
/// two reads of a page find a hash by interpolation.
/// </summary>
internal sealed class SealedIds(SafeFileHandle file, long hashesOffset, int count, BloomFilter filter)
{
    private const int WindowEntries = 512;

    public int Count => count;

    public BloomFilter Filter => filter;

    /// <summary>As <see cref="ActiveIds.Find"/>. Throws <see cref="IOException"/>.</summary>
    public void Find(ulong hash, List<int> positions)
    {
        positions.Clear();
        if (count == 0 || !filter.MayContain(hash)) return;
        Span<ulong> window = stackalloc ulong[WindowEntries];
        int low = 0, high = count;
        int start = Math.Max(0, (int)(((UInt128)hash * (uint)count) >> 64) - (WindowEntries / 2));
        while (true)
        {
            int length = Math.Min(WindowEntries, count - start);
            Read(MemoryMarshal.AsBytes(window[..length]), hashesOffset + ((long)start * sizeof(ulong)));
            Span<ulong> read = window[..length];
            if (read[0] >= hash && start > low)
            {
                high = start + 1;
                start = Math.Max(low, start - WindowEntries + 1);
                continue;
            }

            if (read[^1] < hash)
            {
                low = start + length;
                if (low >= high) return;
                start = low;
                continue;
            }

            int at = read.IndexOf(hash);
            for (; at >= 0 && at < length && read[at] == hash; at++) positions.Add(ReadPosition(start + at));
            positions.Sort((a, b) => b.CompareTo(a));
            return;
        }
    }

    private int ReadPosition(int entry)
    {
        int position = 0;
        Read(MemoryMarshal.AsBytes(new Span<int>(ref position)), hashesOffset + ((long)count * sizeof(ulong)) + ((long)entry * sizeof(int)));
        return position;
    }

    private void Read(Span<byte> destination, long offset)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(file, destination, offset);
            if (read == 0) throw new EndOfStreamException("A segment's table of ids is shorter than its footer says.");
            destination = destination[read..];
            offset += read;
        }
    }
}
