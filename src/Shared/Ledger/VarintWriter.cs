using System.Buffers;
using System.Text;

namespace LogPipeline.Ledger;

/// <summary>Writes the binary forms of checkpoints and messages: integers as LEB128 varints (signed ones zigzag), texts and blocks led by their byte count.</summary>
public readonly ref struct VarintWriter(IBufferWriter<byte> buffer)
{
    public void Byte(byte value) => buffer.Write([value]);

    public void Unsigned(ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        int length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        bytes[length++] = (byte)value;
        buffer.Write(bytes[..length]);
    }

    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public void Text(string value)
    {
        Unsigned((ulong)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, buffer);
    }

    public void Block(ReadOnlySpan<byte> value)
    {
        Unsigned((ulong)value.Length);
        buffer.Write(value);
    }
}
