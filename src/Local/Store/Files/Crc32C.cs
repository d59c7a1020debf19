using System.Buffers.Binary;
using System.Numerics;
using LogPipeline.Ledger.Journal;

namespace LogPipeline.Local.Store.Files;

/// <summary>CRC-32C (Castagnoli), the checksum of everything that the store writes.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes, uint previous = 0)
    {
        uint crc = ~previous;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (byte value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
