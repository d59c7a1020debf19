using System.Runtime.InteropServices;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files.Ids;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// What is known of a block without reading it: enough to leave out the blocks that cannot match a query.
/// </summary>
/// <param name="DocumentCount">Documents in the block.</param>
/// <param name="FirstSequence">The first document's sequence number in its index; the others follow without a gap.</param>
/// <param name="MinTimestamp">The earliest <c>@timestamp</c> in nanoseconds; <see cref="Timestamps.None"/> when a document has none.</param>
/// <param name="MaxTimestamp">The latest.</param>
/// <param name="Values">Hashes (<see cref="IdHash.OfFieldValue"/>) of the values of the index's keyword fields.</param>
/// <param name="ManyValued">Hashes (<see cref="IdHash.OfField"/>) of keyword fields with more values than are kept.</param>
/// <param name="Totals">What the documents add up to by log file, see <see cref="Totals.BlockTotals"/>; empty when that is not known.</param>
internal sealed record BlockSummary(int DocumentCount, long FirstSequence, long MinTimestamp, long MaxTimestamp, uint[] Values, uint[] ManyValued, byte[] Totals)
{
    /// <summary>Bytes of the arrays in a file.</summary>
    public int EncodedLength => ((Values.Length + ManyValued.Length) * sizeof(uint)) + Totals.Length;

    /// <summary>False only when no document of the block has this value in this keyword field.</summary>
    public bool MayHave(ulong path, uint valueHash) => Values.AsSpan().Contains(valueHash) || ManyValued.AsSpan().Contains(IdHash.OfField(path));

    /// <summary>As <see cref="MayHave"/>, for any of many values.</summary>
    public bool MayHaveAny(ulong path, HashSet<uint> valueHashes)
    {
        foreach (uint value in Values)
        {
            if (valueHashes.Contains(value)) return true;
        }

        return ManyValued.AsSpan().Contains(IdHash.OfField(path));
    }

    public void WriteArrays(Span<byte> destination)
    {
        MemoryMarshal.AsBytes(Values.AsSpan()).CopyTo(destination);
        MemoryMarshal.AsBytes(ManyValued.AsSpan()).CopyTo(destination[(Values.Length * sizeof(uint))..]);
        Totals.CopyTo(destination[((Values.Length + ManyValued.Length) * sizeof(uint))..]);
    }

    public static uint[] ReadArray(ReadOnlySpan<byte> source) => MemoryMarshal.Cast<byte, uint>(source).ToArray();
}
