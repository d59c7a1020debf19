using System.Buffers;

namespace LogPipeline.Processing;

/// <summary>One worker's buffer for reading: rented once, grown when a line needs more, shrunk again afterwards.</summary>
public sealed class ReadBuffer(int usualBytes) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(usualBytes);

    public Span<byte> Span => _buffer;

    /// <summary>Makes room for at least so many bytes; what was in the buffer is lost.</summary>
    public void Grow(int bytes)
    {
        if (_buffer.Length >= bytes) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(bytes);
    }

    /// <summary>Gives a grown buffer back.</summary>
    public void Shrink()
    {
        if (_buffer.Length < usualBytes * 4) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(usualBytes);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
