using System.Buffers.Binary;
using LogPipeline.Tailing;

namespace LogPipeline.Ledger.Journal;

/// <summary>Walks the operations in a payload. Never throws, whatever the bytes.</summary>
internal ref struct JournalOperationReader(ReadOnlySpan<byte> payload)
{
    public const byte DeleteCode = 0;
    public const byte PutCode = 1;

    /// <summary>Bytes of a put beside its value.</summary>
    public const int PutOverheadBytes = DeleteBytes + sizeof(int);

    public const int DeleteBytes = 1 + FileId.Size;

    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>The bytes are no operations from here on.</summary>
    public bool Malformed { get; private set; }

    public FileId Key { get; private set; }

    public bool IsPut { get; private set; }

    /// <summary>The value of a put; a part of the payload.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Moves to the next operation; false at the end and when <see cref="Malformed"/>.</summary>
    public bool Read()
    {
        if (_rest.IsEmpty) return false;
        Malformed = true;
        if (_rest.Length < DeleteBytes || _rest[0] > PutCode) return false;
        IsPut = _rest[0] == PutCode;
        Key = FileId.Read(_rest[1..]);
        Value = default;
        int end = DeleteBytes;
        if (IsPut)
        {
            if (_rest.Length < PutOverheadBytes) return false;
            int length = BinaryPrimitives.ReadInt32LittleEndian(_rest[DeleteBytes..]);
            if (length < 0 || length > _rest.Length - PutOverheadBytes) return false;
            Value = _rest.Slice(PutOverheadBytes, length);
            end = PutOverheadBytes + length;
        }

        _rest = _rest[end..];
        Malformed = false;
        return true;
    }

    /// <summary>Whether a payload consists of operations and nothing else, and how many.</summary>
    public static bool TryCount(ReadOnlySpan<byte> payload, out long operations)
    {
        var reader = new JournalOperationReader(payload);
        operations = 0;
        while (reader.Read()) operations++;
        return !reader.Malformed;
    }
}
