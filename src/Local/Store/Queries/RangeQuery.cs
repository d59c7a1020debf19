using System.Buffers.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Queries;

/// <summary>A value between bounds: as a time, a number or a text, by the field's type, or without one by the value's own form.</summary>
internal sealed class RangeQuery(FieldReference field, RangeBounds bounds) : FieldQuery(field)
{
    private static readonly ulong s_timestamp = FieldPath.Of("@timestamp");

    public override BlockMatch Check(BlockSummary block)
    {
        if (Field.Path != s_timestamp || Field.IsAll || !bounds.HasTimes) return BlockMatch.Some;
        if (block.MaxTimestamp < bounds.MinNanos || block.MinTimestamp > bounds.MaxNanos) return BlockMatch.None;
        return block.MinTimestamp >= bounds.MinNanos && block.MaxTimestamp <= bounds.MaxNanos && block.MinTimestamp != Timestamps.None ? BlockMatch.All : BlockMatch.Some;
    }

    protected override bool MatchesValue(CandidateDocument document, in JsonField leaf)
    {
        ReadOnlySpan<byte> text = document.Value(leaf);
        switch (Field.Type)
        {
            case FieldType.Date or FieldType.DateNanos:
                return bounds.HasTimes && Timestamps.TryParse(text, out long nanos) && nanos >= bounds.MinNanos && nanos <= bounds.MaxNanos;
            case FieldType.Long or FieldType.Double:
                return IsNumberWithin(text);
            case FieldType.Dynamic when leaf.Type == JsonTokenType.Number:
                return IsNumberWithin(text);
            case FieldType.Dynamic when bounds.HasTimes && Timestamps.TryParse(text, out long time):
                return time >= bounds.MinNanos && time <= bounds.MaxNanos;
            case FieldType.Disabled:
                return false;
            case FieldType.Keyword or FieldType.FlatLeaf when leaf.Type == JsonTokenType.Number && bounds.HasNumbers:
                // A template's keyword for strings says nothing of the numbers beside them.
                return IsNumberWithin(text);
            default:
                return bounds.IsTextWithin(text);
        }
    }

    private bool IsNumberWithin(ReadOnlySpan<byte> text) =>
        bounds.HasNumbers && Utf8Parser.TryParse(text, out double number, out int used) && used == text.Length && bounds.IsNumberWithin(number);
}
