using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;

namespace LogPipeline.Formats;

/// <summary>Writes numbers in decimal, eight digits at a time.</summary>
public static class DecimalText
{
    /// <summary>Bytes that <see cref="WriteFifteen"/> writes of a number within its digits.</summary>
    public const int Fifteen = 15;

    private const long EightDigits = 100_000_000;
    private const long FifteenDigits = 1_000_000_000_000_000;

    /// <summary>Writes a number that is not negative; how many digits. <paramref name="destination"/> has room for 24 bytes: some behind the digits are written to.</summary>
    public static int Write(long value, Span<byte> destination)
    {
        if ((ulong)value < EightDigits) return WriteUpToEight((uint)value, destination);
        long high = Math.DivRem(value, EightDigits, out long low);
        int at = (ulong)high < EightDigits ? WriteUpToEight((uint)high, destination) : WriteLong(high, destination);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[at..], Eight((uint)low));
        return at + 8;
    }

    /// <summary>Writes a number that is not negative in 15 digits, zeros first, or in as many as it needs; how many. <paramref name="destination"/> has room for 24 bytes.</summary>
    public static int WriteFifteen(long value, Span<byte> destination)
    {
        if ((ulong)value >= FifteenDigits) return WriteLong(value, destination);
        long high = Math.DivRem(value, EightDigits, out long low);
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Eight((uint)high) >> 8);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[7..], Eight((uint)low));
        return Fifteen;
    }

    /// <summary>The text of a number below 100,000,000 in eight digits, the first in the lowest byte.</summary>
    public static ulong Eight(uint value)
    {
        // Halves, quarters and digits of all places at once, each by a multiplication in place of a division (exact in these ranges).
        ulong quarters = (value / 10_000) | ((ulong)(value % 10_000) << 32);
        ulong hundreds = ((quarters * 10_486) >> 20) & 0x0000_007F_0000_007F;
        ulong pairs = ((quarters - (100 * hundreds)) << 16) + hundreds;
        ulong tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
        return tens + ((pairs - (10 * tens)) << 8) + 0x3030_3030_3030_3030;
    }

    private static int WriteUpToEight(uint value, Span<byte> destination)
    {
        ulong digits = Eight(value);
        int zeros = Math.Min(7, BitOperations.TrailingZeroCount(digits ^ 0x3030_3030_3030_3030) >> 3);
        BinaryPrimitives.WriteUInt64LittleEndian(destination, digits >> (zeros * 8));
        return 8 - zeros;
    }

    private static int WriteLong(long value, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(value, destination, out int digits);
        return digits;
    }
}
