using System.Buffers;

namespace LogPipeline.Processing;

/// <summary>A buffer for reading: rented once, grown when a line needs more, shrunk again or handed over afterwards.</summary>
public sealed class ReadBuffer(int usualBytes) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(usualBytes);

    public Span<byte> Span => _buffer;

    /// <summary>Makes room for at least so many bytes; what was in the buffer is lost.</summary>
    public void Grow(int bytes)
    {
        if (_buffer.Length >= bytes) return;
        Dispose();
        _buffer = ArrayPool<byte>.Shared.Rent(bytes);
    }

    /// <summary>Gives a grown buffer back.</summary>
    public void Shrink()
    {
        if (_buffer.Length < usualBytes * 4) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(usualBytes);
    }

    /// <summary>Hands the array over, with what is in it; to be given back to the shared pool by whoever has it.</summary>
    public byte[] Take()
    {
        byte[] taken = _buffer;
        _buffer = [];
        return taken;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
