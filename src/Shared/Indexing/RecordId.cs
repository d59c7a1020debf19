using System.Buffers;
using System.Buffers.Text;
using LogPipeline.Tailing;

namespace LogPipeline.Indexing;

/// <summary>
/// A record's <c>_id</c>: the scheme's character, the file's identity (22 characters) and the offset of the record's first byte (8 characters:
/// 48 bits), base64url. Fixed length; the same bytes always give the same id.
/// </summary>
public static class RecordId
{
    public const int Length = 1 + FileId.TextLength + OffsetLength;

    private const int OffsetLength = 8;

    // Base64url, RFC 4648, section 5.
    private static ReadOnlySpan<byte> Alphabet => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8;

    /// <summary>The beginning that all ids of one file share: <see cref="Length"/> - 8 ASCII bytes.</summary>
    public static byte[] PrefixOf(FileId file) => System.Text.Encoding.ASCII.GetBytes(FileIdentity.Scheme + file.ToString());

    /// <summary>Writes the offset's 8 characters.</summary>
    public static void WriteOffset(long offsetBytes, Span<byte> destination)
    {
        destination = destination[..OffsetLength];
        for (int i = 0; i < OffsetLength; i++) destination[i] = Alphabet[(int)(offsetBytes >> (42 - (6 * i))) & 0x3f];
    }

    public static string Format(FileId file, long offsetBytes)
    {
        Span<byte> offset = stackalloc byte[OffsetLength];
        WriteOffset(offsetBytes, offset);
        return FileIdentity.Scheme + file.ToString() + System.Text.Encoding.ASCII.GetString(offset);
    }

    /// <summary>Takes an id apart; false when it is not of this scheme.</summary>
    public static bool TryParse(ReadOnlySpan<char> id, out FileId file, out long offsetBytes)
    {
        offsetBytes = 0;
        file = default;
        if (id.Length != Length || id[0] != FileIdentity.Scheme || !FileId.TryParse(id.Slice(1, FileId.TextLength), out file)) return false;
        Span<byte> bytes = stackalloc byte[6];
        if (Base64Url.DecodeFromChars(id[(1 + FileId.TextLength)..], bytes, out _, out int written) != OperationStatus.Done || written != 6) return false;
        foreach (byte value in bytes) offsetBytes = (offsetBytes << 8) | value;
        return true;
    }
}
