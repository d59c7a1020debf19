using System.Buffers.Binary;

namespace LogPipeline.Ledger.Journal;

/// <summary>What a complete snapshot holds; the payload of its last entry.</summary>
internal readonly record struct JournalSnapshotEnd(long Keys, long Parts)
{
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, Keys);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Parts);
    }

    public static bool TryRead(ReadOnlySpan<byte> payload, out JournalSnapshotEnd end)
    {
        end = default;
        if (payload.Length != JournalFormat.SnapshotEndPayloadBytes) return false;
        end = new JournalSnapshotEnd(BinaryPrimitives.ReadInt64LittleEndian(payload), BinaryPrimitives.ReadInt64LittleEndian(payload[8..]));
        return true;
    }
}
