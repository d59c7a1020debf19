using System.Buffers.Binary;

namespace LogPipeline.Ledger.Journal;

/// <summary>
/// The bytes of a journal file, all integers little endian. Entries start at multiples of 8.
/// <code>
/// file      = header snapshot batches
/// header    = magic(8) version(u32) origin(u8) 0(3) generation(u64) journalId(16) baseSequence(u64) previousGeneration(u64) 0(u32) crc(u32)
///             crc: of the 60 bytes before it. Magic, version and crc stay where they are in every version.
/// snapshot  = part* end           the whole map as it was after batch baseSequence
/// part      = entry of kind 1     sequence: 0, 1, 2 …; payload: puts
/// end       = entry of kind 2     sequence: baseSequence; payload: keys(u64) parts(u64)
/// batches   = batch*              sequences baseSequence + 1, + 2 …
/// batch     = entry of kind 3     payload: operations, in order
/// entry     = length(u32) kind(u8) 0(3) sequence(u64) payloadCrc(u32) headerCrc(u32) payload(length) 0(to a multiple of 8)
///             payloadCrc: of payload and padding; headerCrc: of the 20 bytes before it; both continue the checksum of journalId
/// operation = 1(u8) key(16) length(u32) value(length)   put
///           | 0(u8) key(16)                             delete
/// </code>
/// The journal id is random and new in each file, so that old blocks of another file, which a crash may bring up behind the end of
/// this one, are never valid entries here.
/// </summary>
internal static class JournalFormat
{
    public const uint Version = 1;
    public const int HeaderBytes = 64;
    public const int EntryHeaderBytes = 24;
    public const int Alignment = 8;
    public const int SnapshotEndPayloadBytes = 16;

    /// <summary>The largest payload that is written or believed.</summary>
    public const int MaxPayloadBytes = 1 << 30;

    private const int HeaderChecksumAt = HeaderBytes - sizeof(uint);
    private const int PayloadChecksumAt = 16;
    private const int EntryChecksumAt = 20;

    /// <summary>The line end shows a transfer in text mode.</summary>
    private static ReadOnlySpan<byte> Magic => "LPCKPT\r\n"u8;

    public static long Align(long bytes) => (bytes + (Alignment - 1)) & -Alignment;

    /// <summary>What the checksums of a file's entries continue.</summary>
    public static uint SeedOf(UInt128 journalId)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, journalId);
        return Crc32C.Compute(bytes);
    }

    public static void WriteHeader(Span<byte> destination, in JournalHeader header)
    {
        destination = destination[..HeaderBytes];
        destination.Clear();
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Version);
        destination[12] = (byte)header.Origin;
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], header.Generation);
        BinaryPrimitives.WriteUInt128LittleEndian(destination[24..], header.JournalId);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], header.BaseSequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[48..], header.PreviousGeneration);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[HeaderChecksumAt..], Crc32C.Compute(destination[..HeaderChecksumAt]));
    }

    /// <summary>False when these are not the first bytes of a journal. The header means something only if <paramref name="version"/> is <see cref="Version"/>.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out uint version, out JournalHeader header)
    {
        version = 0;
        header = default;
        if (source.Length < HeaderBytes || !source.StartsWith(Magic)) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[HeaderChecksumAt..]) != Crc32C.Compute(source[..HeaderChecksumAt])) return false;
        version = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        header = new JournalHeader(
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt128LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[48..]),
            (JournalOrigin)source[12]);
        return true;
    }

    /// <summary>Fills in the header of an entry whose payload and padding stand in <paramref name="entry"/> behind <see cref="EntryHeaderBytes"/>.</summary>
    public static void SealEntry(Span<byte> entry, int payloadBytes, JournalEntryKind kind, long sequence, uint seed)
    {
        entry[..EntryHeaderBytes].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(entry, payloadBytes);
        entry[4] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[PayloadChecksumAt..], Crc32C.Append(seed, entry[EntryHeaderBytes..]));
        BinaryPrimitives.WriteUInt32LittleEndian(entry[EntryChecksumAt..], Crc32C.Append(seed, entry[..EntryChecksumAt]));
    }

    /// <summary>Reads an entry's header; false when its checksum, its kind or its length is impossible.</summary>
    public static bool TryReadEntryHeader(ReadOnlySpan<byte> source, uint seed, out JournalEntryHeader header)
    {
        header = default;
        if (source[4] is not ((byte)JournalEntryKind.SnapshotPart or (byte)JournalEntryKind.SnapshotEnd or (byte)JournalEntryKind.Batch)) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[EntryChecksumAt..]) != Crc32C.Append(seed, source[..EntryChecksumAt])) return false;
        header = new JournalEntryHeader(
            BinaryPrimitives.ReadInt32LittleEndian(source),
            (JournalEntryKind)source[4],
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[PayloadChecksumAt..]));
        return header.PayloadBytes is >= 0 and <= MaxPayloadBytes;
    }
}
