using System.Buffers.Text;
using System.Text.Json;
using LogPipeline.Ledger;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Indices;

namespace LogPipeline.Local.Store.Totals;

/// <summary>The fields that say which piece of which log file a document is, by their paths.</summary>
internal static class ExtentFields
{
    /// <summary>Width of the ranges of offsets that are told apart: that of an audit's question.</summary>
    public const long RangeBytes = RangeCount.RangeBytes;

    /// <summary>Longer ids of files are not summed up.</summary>
    private const int MaxIdBytes = 64;

    public static readonly ulong FileId = FieldPath.Of(LogFields.FileId);
    public static readonly ulong Offset = FieldPath.Of(LogFields.Offset);
    public static readonly ulong Length = FieldPath.Of(LogFields.Length);

    /// <summary>Whether a field is one of the three.</summary>
    public static bool Has(ulong path) => path == FileId || path == Offset || path == Length;

    /// <summary>Takes one of the fields into the document's item. What is there twice, or not in its usual form, leaves the item without an extent.</summary>
    public static void Read(ReadOnlySpan<byte> source, in JsonField field, ref IngestItem item)
    {
        ReadOnlySpan<byte> value = source.Slice(field.Start, field.Length);
        if (field.Path == FileId)
        {
            bool isUsual = field is { Type: JsonTokenType.String, IsEscaped: false } && field.Length is > 0 and <= MaxIdBytes && item.FileIdLength == 0;
            (item.FileIdStart, item.FileIdLength) = (field.Start, isUsual ? field.Length : int.MaxValue);
        }
        else if (field.Path == Offset) item.LogOffset = item.LogOffset == IngestItem.NoNumber ? Number(field, value) : IngestItem.OddNumber;
        else item.LogLength = item.LogLength == IngestItem.NoNumber ? Number(field, value) : IngestItem.OddNumber;
    }

    private static long Number(in JsonField field, ReadOnlySpan<byte> value) =>
        field.Type == JsonTokenType.Number && Utf8Parser.TryParse(value, out long number, out int used) && used == value.Length && number >= 0 ? number : IngestItem.OddNumber;
}
