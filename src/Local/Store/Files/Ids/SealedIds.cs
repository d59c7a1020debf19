using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Files.Ids;

/// <summary>
/// The ids of a sealed segment: a Bloom filter in memory, the sorted hashes and their positions on disk. Hashes are uniform, so a few
/// reads of a page find a hash by interpolation: one or two among 200,000, two or three among ten million.
/// </summary>
internal sealed class SealedIds(SafeFileHandle file, long offset, int count, BloomFilter filter)
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
        ulong lowest = 0, highest = ulong.MaxValue;
        while (low < high)
        {
            double share = ((double)(hash - lowest) + 0.5) / ((double)(highest - lowest) + 1);
            int start = Math.Clamp(low + (int)(share * (high - low)) - (WindowEntries / 2), low, Math.Max(low, high - WindowEntries));
            Span<ulong> read = window[..Math.Min(WindowEntries, high - start)];
            ReadHashes(read, start);
            if (read[^1] < hash)
            {
                (low, lowest) = (start + read.Length, read[^1]);
            }
            else if (read[0] >= hash && start > low)
            {
                // The first with this hash may be in front of what was read.
                (high, highest) = (start + 1, read[0]);
            }
            else
            {
                int found = read.IndexOf(hash);
                if (found >= 0) AddPositions(hash, start + found, positions);
                return;
            }
        }
    }

    /// <summary>Reads hashes from an entry on. Throws <see cref="IOException"/>.</summary>
    public void ReadHashes(Span<ulong> destination, int entry) => Read(MemoryMarshal.AsBytes(destination), offset + ((long)entry * sizeof(ulong)));

    /// <summary>Reads positions from an entry on. Throws <see cref="IOException"/>.</summary>
    public void ReadPositions(Span<int> destination, int entry) => Read(MemoryMarshal.AsBytes(destination), offset + ((long)count * sizeof(ulong)) + ((long)entry * sizeof(int)));

    private void AddPositions(ulong hash, int entry, List<int> positions)
    {
        ulong found = 0;
        int position = 0;
        for (; entry < count; entry++)
        {
            ReadHashes(new Span<ulong>(ref found), entry);
            if (found != hash) break;
            ReadPositions(new Span<int>(ref position), entry);
            positions.Add(position);
        }

        positions.Sort((a, b) => b.CompareTo(a));
    }

    private void Read(Span<byte> destination, long at)
    {
        if (!SegmentFooter.TryReadExactly(file, destination, at)) throw new EndOfStreamException("A segment's table of ids is shorter than its footer says.");
    }
}
