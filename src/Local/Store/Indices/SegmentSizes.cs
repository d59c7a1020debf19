using LogPipeline.Local.Store.Files;

namespace LogPipeline.Local.Store.Indices;

/// <summary>
/// How large segments become. A segment is sealed at the first size; eight sealed ones of about one size are then made one, twice over,
/// so that an index has some tens of segments instead of hundreds, and each document is copied twice at most.
/// </summary>
internal sealed record SegmentSizes
{
    private const int Fan = 8;
    private const int Tiers = 2;

    /// <summary>Bytes of documents at which a segment is sealed, so that deleting the oldest frees little at a time and recovery reads little.</summary>
    public long RawBytes { get; init; } = 64 << 20;

    /// <summary>Documents at which it is sealed: so many ids are held in memory for it.</summary>
    public int Documents { get; init; } = 200_000;

    /// <summary>Blocks at which it is sealed.</summary>
    public int Blocks { get; init; } = 2048;

    /// <summary>Bytes on disk that no segment passes by compaction: what is deleted at once when the store is full.</summary>
    public long MaxCompactedLength { get; init; } = long.MaxValue;

    public bool IsFull(Segment segment) => segment.RawBytes >= RawBytes || segment.DocumentCount >= Documents || segment.Blocks.Length >= Blocks;

    /// <summary>Whether so much still is one segment of the first size.</summary>
    public bool HasRoomFor(long rawBytes, long documents) => rawBytes <= RawBytes && documents <= Documents;

    /// <summary>The segments to be made one next, of all of an index, the oldest first; empty when none are.</summary>
    public Segment[] ChooseForCompaction(ReadOnlySpan<Segment> segments)
    {
        for (int tier = 0; tier < Tiers; tier++)
        {
            int first = 0, found = 0;
            long length = 0;
            for (int i = 0; i < segments.Length; i++)
            {
                Segment segment = segments[i];
                bool fits = segment.IsSealed && !segment.IsDamaged && TierOf(segment) <= tier;
                if (!fits || length + segment.Length > MaxCompactedLength)
                {
                    (first, found, length) = (fits ? i : i + 1, 0, 0);
                    if (!fits) continue;
                }

                length += segment.Length;
                if (TierOf(segment) == tier && ++found == Fan) return segments[first..(i + 1)].ToArray();
            }
        }

        return [];
    }

    private int TierOf(Segment segment)
    {
        double size = Math.Max((double)segment.RawBytes / RawBytes, (double)segment.DocumentCount / Documents);
        return size < Fan / 2 ? 0 : size < Fan * Fan / 2 ? 1 : Tiers;
    }
}
