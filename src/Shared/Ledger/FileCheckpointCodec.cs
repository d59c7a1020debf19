using System.Buffers;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Ledger;

/// <summary>
/// The bytes of a <see cref="FileCheckpoint"/> in the journal. Grammar: version byte, then the fields in the order of
/// <see cref="Write"/>; integers are LEB128 varints (signed ones zigzag), texts are UTF-8 led by their byte count. A later version appends
/// fields; a reader refuses a version that it does not know. Version 3 is written only where its field says something. Behind it all may stand what a reader can do
/// without, and an older program does: the earlier tails.
/// </summary>
public static class FileCheckpointCodec
{
    private const byte Version = 3;

    public static byte[] Write(FileCheckpoint file)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var writer = new VarintWriter(buffer);
        writer.Byte(file.SuspectedFromBytes < 0 ? (byte)2 : Version);
        writer.Text(file.StreamKey);
        writer.Signed(file.Ordinal);
        writer.Byte((byte)file.Kind);
        writer.Text(file.Path);
        writer.Unsigned(file.Device);
        writer.Unsigned(file.Inode);
        writer.Signed(file.BirthNanos);
        writer.Byte((byte)((file.Compressed ? 1 : 0) | (file.Complete ? 2 : 0) | (file.Gap ? 4 : 0) | (file.IsLate ? 8 : 0) | (file.IsCopy ? 16 : 0)));
        writer.Signed(file.Fingerprint.LengthBytes);
        writer.Unsigned(file.Fingerprint.Hash);
        foreach (LanePosition lane in file.LanePositions)
        {
            writer.Signed(lane.OffsetBytes);
            writer.Byte(lane.State.Bits);
        }
        WriteTail(ref writer, file.TailCrc);
        writer.Signed(file.HorizonBytes);
        writer.Signed(file.SizeBytes);
        writer.Signed(file.LastSeenMillis);
        writer.Unsigned((ulong)file.Pins.Count);
        foreach (Pin pin in file.Pins) WritePin(ref writer, pin);
        writer.Unsigned((ulong)file.Cuts.Count);
        foreach (SilenceCut cut in file.Cuts)
        {
            writer.Byte((byte)cut.SubStream);
            writer.Signed(cut.OffsetBytes);
        }
        WriteRanges(ref writer, file.Stored);
        WriteRanges(ref writer, file.DeadLettered);
        writer.Signed(file.DroppedBytes);
        writer.Signed(file.LostBytes);
        writer.Signed(file.EndBytes);
        if (file.SuspectedFromBytes >= 0) writer.Signed(file.SuspectedFromBytes);
        foreach (TailCrc tail in file.EarlierTails) WriteTail(ref writer, tail);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; false when the bytes are not of a known version or not whole.</summary>
    public static bool TryRead(FileId id, ReadOnlySpan<byte> bytes, out FileCheckpoint? file)
    {
        var reader = new VarintReader(bytes);
        file = null;
        byte version = reader.Byte();
        if (version is 0 or > Version) return false;
        string streamKey = reader.Text();
        long ordinal = reader.Signed();
        var kind = (SourceKind)reader.Byte();
        string path = reader.Text();
        ulong device = reader.Unsigned(), inode = reader.Unsigned();
        long birth = reader.Signed();
        byte flags = reader.Byte();
        var fingerprint = new FileFingerprint((int)reader.Signed(), reader.Unsigned());
        var read = new FileCheckpoint
        {
            Id = id, StreamKey = streamKey, Ordinal = ordinal, Kind = kind, Path = path, Device = device, Inode = inode, BirthNanos = birth,
            Compressed = (flags & 1) != 0, Complete = (flags & 2) != 0, Gap = (flags & 4) != 0, IsLate = (flags & 8) != 0, IsCopy = (flags & 16) != 0, Fingerprint = fingerprint,
        };
        for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) read.LanePositions[lane] = new(reader.Signed(), new LaneState(reader.Byte()));
        read.TailCrc = ReadTail(ref reader);
        read.HorizonBytes = reader.Signed();
        read.SizeBytes = reader.Signed();
        read.LastSeenMillis = reader.Signed();
        for (ulong count = reader.Count(); count > 0; count--) read.Pins.Add(ReadPin(ref reader));
        for (ulong count = reader.Count(); count > 0; count--) read.Cuts.Add(new((SubStream)reader.Byte(), reader.Signed()));
        ReadRanges(ref reader, read.Stored);
        ReadRanges(ref reader, read.DeadLettered);
        read.DroppedBytes = reader.Signed();
        read.LostBytes = reader.Signed();
        if (version >= 2) read.EndBytes = reader.Signed();
        if (version >= 3) read.SuspectedFromBytes = reader.Signed();
        while (version >= 2 && !reader.Rest.IsEmpty && !reader.Failed) read.EarlierTails.Add(ReadTail(ref reader));
        if (reader.Failed || read.Pins.Count == 0) return false;
        file = read;
        return true;
    }

    private static void WriteTail(ref VarintWriter writer, TailCrc tail)
    {
        writer.Signed(tail.OffsetBytes);
        writer.Unsigned(tail.Value);
    }

    private static TailCrc ReadTail(ref VarintReader reader) => new(reader.Signed(), (uint)reader.Unsigned());

    private static void WritePin(ref VarintWriter writer, Pin pin)
    {
        writer.Signed(pin.FromOffsetBytes);
        writer.Byte((byte)pin.Format);
        writer.Text(pin.Tenant);
        writer.Text(pin.IndexTemplate);
        writer.Text(pin.JoiningRule);
        writer.Text(pin.Parser);
        writer.Signed(pin.Day);
        writer.Text(pin.Path);
        writer.Text(pin.ResourceJson);
    }

    private static Pin ReadPin(ref VarintReader reader) => new()
    {
        FromOffsetBytes = reader.Signed(), Format = (LogFormat)reader.Byte(), Tenant = reader.Text(), IndexTemplate = reader.Text(),
        JoiningRule = reader.Text(), Parser = reader.Text(), Day = (int)reader.Signed(), Path = reader.Text(), ResourceJson = reader.Text(),
    };

    private static void WriteRanges(ref VarintWriter writer, List<RangeCount> ranges)
    {
        writer.Unsigned((ulong)ranges.Count);
        foreach (RangeCount range in ranges)
        {
            writer.Signed(range.Records);
            writer.Signed(range.Bytes);
            writer.Signed(range.FirstDay);
            writer.Signed(range.LastDay);
        }
    }

    private static void ReadRanges(ref VarintReader reader, List<RangeCount> ranges)
    {
        for (ulong count = reader.Count(); count > 0; count--) ranges.Add(new(reader.Signed(), reader.Signed(), (int)reader.Signed(), (int)reader.Signed()));
    }
}
