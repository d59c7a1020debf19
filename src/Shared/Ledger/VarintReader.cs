using System.Text;

namespace LogPipeline.Ledger;

/// <summary>Reads what <see cref="VarintWriter"/> wrote. Never throws: past the end, or where a count is more than what is left, everything is zero and <see cref="Failed"/>.</summary>
public ref struct VarintReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool Failed { get; private set; }

    /// <summary>Everything was read, and nothing failed.</summary>
    public readonly bool IsAtEnd => !Failed && _rest.IsEmpty;

    /// <summary>What was not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Counts what is left as read.</summary>
    public void SkipRest() => _rest = default;

    public byte Byte()
    {
        if (_rest.IsEmpty)
        {
            Failed = true;
            return 0;
        }
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
        Failed = true;
        return 0;
    }

    public long Signed()
    {
        ulong value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number of elements, each of at least one byte: never more than the bytes that are left.</summary>
    public ulong Count()
    {
        ulong count = Unsigned();
        if (count <= (ulong)_rest.Length) return count;
        Failed = true;
        return 0;
    }

    public string Text() => Encoding.UTF8.GetString(Block());

    /// <summary>Borrowed from the bytes that are read.</summary>
    public ReadOnlySpan<byte> Block()
    {
        int length = (int)Count();
        ReadOnlySpan<byte> block = _rest[..length];
        _rest = _rest[length..];
        return block;
    }
}
