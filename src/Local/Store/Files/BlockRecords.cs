using System.Buffers.Binary;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// Walks the documents of a decompressed block. A record, little-endian:
/// <code>
/// source bytes   4
/// id bytes       2
/// version        4   1, more when the document replaced another
/// replaced       8   sequence number of the document that this one replaced; only when version &gt; 1
/// id, source
/// </code>
/// </summary>
internal ref struct BlockRecords(ReadOnlySpan<byte> raw)
{
    public const int HeaderLength = 10;
    public const int ReplacedLength = 8;

    private readonly ReadOnlySpan<byte> _raw = raw;
    private int _next;

    public int Version { get; private set; }

    /// <summary>See the record's layout; -1 when nothing was replaced.</summary>
    public long Replaced { get; private set; }

    public int IdStart { get; private set; }

    public int IdLength { get; private set; }

    public int SourceStart { get; private set; }

    public int SourceLength { get; private set; }

    public readonly ReadOnlySpan<byte> Id => _raw.Slice(IdStart, IdLength);

    public readonly ReadOnlySpan<byte> Source => _raw.Slice(SourceStart, SourceLength);

    public bool MoveNext()
    {
        if (_next >= _raw.Length) return false;
        ReadOnlySpan<byte> record = _raw[_next..];
        SourceLength = BinaryPrimitives.ReadInt32LittleEndian(record);
        IdLength = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);
        Version = BinaryPrimitives.ReadInt32LittleEndian(record[6..]);
        IdStart = _next + HeaderLength;
        Replaced = -1;
        if (Version > 1)
        {
            Replaced = BinaryPrimitives.ReadInt64LittleEndian(record[HeaderLength..]);
            IdStart += ReplacedLength;
        }

        SourceStart = IdStart + IdLength;
        _next = SourceStart + SourceLength;
        return true;
    }

    public static int LengthOf(int idLength, int sourceLength, int version) => HeaderLength + (version > 1 ? ReplacedLength : 0) + idLength + sourceLength;

    public static void Write(Span<byte> destination, ReadOnlySpan<byte> id, ReadOnlySpan<byte> source, int version, long replaced)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, source.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], (ushort)id.Length);
        BinaryPrimitives.WriteInt32LittleEndian(destination[6..], version);
        int at = HeaderLength;
        if (version > 1)
        {
            BinaryPrimitives.WriteInt64LittleEndian(destination[at..], replaced);
            at += ReplacedLength;
        }

        id.CopyTo(destination[at..]);
        source.CopyTo(destination[(at + id.Length)..]);
    }
}
