using System.IO.Compression;

namespace LogPipeline.Tailing;

/// <summary>
/// The uncompressed content of a gzip file, read by uncompressed offset. Reading forward is sequential; an offset before the
/// last piece read starts the decompression again. Bytes that are no gzip end the content where they stand, and <see cref="Damage"/> says so: what can be had
/// before them is had, however it is read. A file that only ends too soon has no damage: its writer may not be done.
/// </summary>
public sealed class GzipFileHandle(ILogFileHandle compressed) : ILogFileHandle
{
    private const int PieceBytes = 64 << 10;

    private GZipStream? _stream;
    private long _position;

    // Where damaged content ends; not known before the damage was met.
    private long _end = long.MaxValue;

    // What the last call returned: the next one begins inside of it, at the beginning of the line that was not whole.
    private byte[] _last = [];

    /// <summary>Why the content ended before its end; null while it is whole.</summary>
    public string? Damage { get; private set; }

    /// <summary>Status of the compressed file; its size is that of the compressed bytes.</summary>
    public FileStatus Stat() => compressed.Stat();

    public int Read(long offset, Span<byte> destination)
    {
        try
        {
            return ReadBefore(_end, offset, destination);
        }
        catch (InvalidDataException damage)
        {
            Damage = damage.Message;
            _end = FindDamage();
            Restart();
            return ReadBefore(_end, offset, destination);
        }
        catch (IOException)
        {
            // How much was decompressed before is not known: the next read begins anew.
            Forget();
            throw;
        }
    }

    public void Dispose()
    {
        _stream?.Dispose();
        compressed.Dispose();
    }

    private int ReadBefore(long end, long offset, Span<byte> destination)
    {
        if (offset >= end) return 0;
        destination = destination[..(int)Math.Min(destination.Length, end - offset)];
        if (_stream is null || offset < _position - _last.Length) Restart();
        int again = 0;
        if (offset < _position)
        {
            ReadOnlySpan<byte> known = _last.AsSpan((int)(offset - (_position - _last.Length)));
            again = Math.Min(known.Length, destination.Length);
            known[..again].CopyTo(destination);
        }
        // What was kept does not lie before the new position.
        if (_position < offset) _last = [];
        while (_position < offset)
        {
            int skipped = _stream!.Read(destination[..(int)Math.Min(destination.Length, offset - _position)]);
            if (skipped == 0) return 0;
            _position += skipped;
        }
        int read = again < destination.Length ? _stream!.ReadAtLeast(destination[again..], destination.Length - again, throwOnEndOfStream: false) : 0;
        if (read > 0)
        {
            _position += read;
            _last = destination[..(again + read)].ToArray();
        }
        return again + read;
    }

    private void Restart()
    {
        Forget();
        _stream = Decompress();
    }

    private void Forget()
    {
        _stream?.Dispose();
        _stream = null;
        _position = 0;
        _last = [];
    }

    private GZipStream Decompress() => new(new SequentialReader(compressed), CompressionMode.Decompress);

    // A read that meets the damage gives nothing of what it had until there: by pieces to the last whole one, and from there by single bytes.
    private long FindDamage()
    {
        long end = CountUntilDamage(0, PieceBytes);
        return CountUntilDamage(end, 1);
    }

    private long CountUntilDamage(long from, int step)
    {
        using GZipStream stream = Decompress();
        byte[] piece = new byte[PieceBytes];
        long count = 0;
        try
        {
            while (true)
            {
                int read = stream.Read(piece, 0, count < from ? (int)Math.Min(piece.Length, from - count) : step);
                if (read == 0) return count;
                count += read;
            }
        }
        catch (InvalidDataException)
        {
            // the damage that is looked for
            return count;
        }
    }

    private sealed class SequentialReader(ILogFileHandle file) : Stream
    {
        private long _offset;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => _offset; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int read = file.Read(_offset, buffer);
            _offset += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
