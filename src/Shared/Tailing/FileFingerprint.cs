using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LogPipeline.Tailing;

/// <summary>
/// The beginning of a file's uncompressed content: a hash of its first line, newline included, at most <see cref="MaxBytes"/> bytes, and how many
/// bytes that were. A file whose first line is not complete, and shorter than that, has none yet.
/// </summary>
public readonly record struct FileFingerprint(int LengthBytes, ulong Hash)
{
    public const int MaxBytes = 1024;

    /// <summary>Finds the bytes that the fingerprint covers in the beginning of a file; false when the first line goes on behind them.</summary>
    /// <param name="head">The first bytes of the content, <see cref="MaxBytes"/> when there are so many.</param>
    /// <param name="ended">No more will be appended: an unterminated line counts.</param>
    /// <param name="firstLine">The bytes covered; empty when false.</param>
    public static bool TryFindFirstLine(ReadOnlySpan<byte> head, bool ended, out ReadOnlySpan<byte> firstLine)
    {
        if (head.Length > MaxBytes) head = head[..MaxBytes];
        int newline = head.IndexOf((byte)'\n');
        firstLine = newline >= 0 ? head[..(newline + 1)] : head.Length == MaxBytes || (ended && head.Length > 0) ? head : default;
        return firstLine.Length > 0;
    }

    public static FileFingerprint Of(ReadOnlySpan<byte> firstLine)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(firstLine, hash);
        return new(firstLine.Length, BinaryPrimitives.ReadUInt64BigEndian(hash));
    }
}
