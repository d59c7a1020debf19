using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace LogPipeline.Tailing;

/// <summary>
/// The identity of one log file: 128 bits that survive rename and compression (docs/exactly-once.md).
/// It is the key of every checkpoint and the first part of every record's id; never a path or an inode.
/// </summary>
public readonly record struct FileId(UInt128 Value)
{
    /// <summary>Bytes of <see cref="Write"/>.</summary>
    public const int Size = 16;

    /// <summary>Characters of <see cref="ToString"/>: base64url without padding.</summary>
    public const int TextLength = 22;

    /// <summary>Writes 16 bytes, big endian.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>Reads what <see cref="Write"/> wrote; <paramref name="source"/> holds at least 16 bytes.</summary>
    public static FileId Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt128BigEndian(source));

    /// <summary>The 22 characters that documents carry as <c>log.file.id</c>.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Parses <see cref="ToString"/>'s form; false when the text is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out FileId id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        id = default;
        if (text.Length != TextLength || Base64Url.DecodeFromChars(text, bytes, out _, out int written) != OperationStatus.Done || written != Size) return false;
        id = Read(bytes);
        return true;
    }
}
