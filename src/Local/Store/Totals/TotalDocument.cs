using System.Buffers.Text;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Totals;

/// <summary>
/// A document that stands for all of a block that are of one file and range: its length is their sum, its offset the range's first. Queries and aggregations that
/// agreed to it (<see cref="Queries.Query.IsDecidedBy"/>, <see cref="Aggregations.Aggregation.TakesTotals"/>) take it as any other.
/// </summary>
internal sealed class TotalDocument
{
    private static readonly byte[] Head = System.Text.Encoding.ASCII.GetBytes($"{{\"{LogFields.FileId}\":\"");
    private static readonly byte[] OffsetName = System.Text.Encoding.ASCII.GetBytes($"\",\"{LogFields.Offset}\":");
    private static readonly byte[] LengthName = System.Text.Encoding.ASCII.GetBytes($",\"{LogFields.Length}\":");

    private readonly byte[] _source = new byte[512];

    public CandidateDocument Document { get; } = new();

    public void MoveTo(in BlockTotals totals)
    {
        int length = 0;
        Append(Head, ref length);
        Append(totals.FileId, ref length);
        Append(OffsetName, ref length);
        Append(totals.Range * ExtentFields.RangeBytes, ref length);
        Append(LengthName, ref length);
        Append(totals.Bytes, ref length);
        Append("}"u8, ref length);
        Document.MoveTo(_source, length, totals.Documents);
    }

    private void Append(ReadOnlySpan<byte> text, ref int length)
    {
        text.CopyTo(_source.AsSpan(length));
        length += text.Length;
    }

    private void Append(long number, ref int length)
    {
        Utf8Formatter.TryFormat(number, _source.AsSpan(length), out int written);
        length += written;
    }
}
