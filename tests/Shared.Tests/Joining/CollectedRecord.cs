using System.Text;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Joining;

/// <summary>A record that outlives its sink call; the text is one char a byte.</summary>
internal sealed record CollectedRecord(SubStream SubStream, StreamPosition Start, long SourceLengthBytes, RecordFlags Flags, int Lines, long TimestampNanos, string Text)
{
    public static CollectedRecord Of(in JoinedRecord record) => new(
        record.SubStream, record.Start, record.SourceLengthBytes, record.Flags, record.Lines, record.TimestampNanos, Encoding.Latin1.GetString(record.Text));

    /// <summary>What a stored record is compared by.</summary>
    public (SubStream, StreamPosition, long, string) Extent => (SubStream, Start, SourceLengthBytes, Text);
}

internal readonly struct RecordCollector(List<CollectedRecord> records) : IRecordSink
{
    public void Accept(in JoinedRecord record) => records.Add(CollectedRecord.Of(record));
}
