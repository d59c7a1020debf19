using System.Numerics;
using System.Runtime.InteropServices;
using LogPipeline.Ledger.Journal;

namespace LogPipeline.Ledger;

/// <summary>
/// CRC-32C of the up to <see cref="MaxBytes"/> bytes that end at <see cref="OffsetBytes"/> of a file's uncompressed content. As files only grow,
/// a different value means another content: the file was truncated, or this is another file.
/// </summary>
public readonly record struct TailCrc(long OffsetBytes, uint Value)
{
    public const int MaxBytes = 4096;

    /// <summary>How many bytes the CRC covers.</summary>
    public int LengthBytes => (int)Math.Min(OffsetBytes, MaxBytes);

    /// <summary>The CRC of the content before an offset; <paramref name="before"/> ends there and holds at least the bytes covered.</summary>
    public static TailCrc Of(long offsetBytes, ReadOnlySpan<byte> before) =>
        new(offsetBytes, Compute(before[^(int)Math.Min(offsetBytes, MaxBytes)..]));

    /// <summary>Whether the bytes (exactly those covered) are the same as then.</summary>
    public bool Matches(ReadOnlySpan<byte> covered) => covered.Length == LengthBytes && Compute(covered) == Value;

    private static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
