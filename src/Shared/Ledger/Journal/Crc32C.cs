using System.Buffers.Binary;
using System.Numerics;

namespace LogPipeline.Ledger.Journal;

/// <summary>
/// CRC-32C (Castagnoli, polynomial 0x1EDC6F41, reflected; RFC 3720 appendix B.4): hardware does 8 bytes an instruction on x86-64 and
/// arm64. Finds every error of up to 3 bits in anything shorter than 2^31 bits, and all but 1 of 2^32 random ones.
/// </summary>
public static class Crc32C
{
    /// <summary>The checksum of <paramref name="data"/>, <c>E3069283</c> for the ASCII digits 1-9.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Continues a checksum: <c>Append(Compute(a), b)</c> is <c>Compute(a + b)</c>.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> data)
    {
        uint state = ~checksum;
        while (data.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (byte value in data) state = BitOperations.Crc32C(state, value);
        return ~state;
    }
}
