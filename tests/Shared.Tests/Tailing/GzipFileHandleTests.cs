using System.IO.Compression;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Tailing;

public sealed class GzipFileHandleTests
{
    private readonly byte[] _content = new byte[300_000];

    public GzipFileHandleTests() => new Random(11).NextBytes(_content);

    [Fact]
    public void Any_piece_of_the_content_can_be_read_in_any_order()
    {
        using GzipFileHandle handle = Open(_content, damage: false);
        var random = new Random(12);
        long offset = 0;
        for (int round = 0; round < 300; round++)
        {
            // Mostly forward, beginning again inside the last piece as the reader of lines does; now and then anywhere.
            offset = random.Next(10) == 0 ? random.Next(_content.Length) : Math.Min(_content.Length, offset + random.Next(-500, 3000));
            if (offset < 0) offset = 0;
            byte[] piece = new byte[random.Next(1, 5000)];
            int read = handle.Read(offset, piece);
            Assert.Equal(_content.AsSpan((int)offset, read), piece.AsSpan(0, read));
            Assert.True(read == piece.Length || offset + read == _content.Length);
        }
        Assert.Null(handle.Damage);
    }

    [Fact]
    public void Behind_the_end_there_is_nothing()
    {
        using GzipFileHandle handle = Open(_content, damage: false);
        Assert.Equal(0, handle.Read(_content.Length + 5, new byte[10]));
        Assert.Equal(0, handle.Read(_content.Length, new byte[10]));
    }

    [Fact]
    public void Damage_ends_the_content_and_is_said()
    {
        using GzipFileHandle handle = Open(_content, damage: true);
        byte[] whole = new byte[_content.Length];
        Assert.True(handle.Read(0, whole) < _content.Length);
        Assert.NotNull(handle.Damage);
    }

    [Fact]
    public void What_stands_before_the_damage_is_had_whatever_the_sizes_of_reads()
    {
        byte[]? first = null;
        foreach (int size in (int[])[1 << 20, 70_000, 4096, 777])
        {
            using GzipFileHandle handle = Open(_content, damage: true);
            using var read = new MemoryStream();
            byte[] piece = new byte[size];
            for (int length; (length = handle.Read(read.Length, piece)) > 0;) read.Write(piece, 0, length);
            first ??= read.ToArray();
            Assert.True(first.Length > 100_000);
            Assert.Equal(first, read.ToArray());
            Assert.NotNull(handle.Damage);
        }
        Assert.Equal(_content.AsSpan(0, 100_000), first.AsSpan(0, 100_000));
    }

    [Fact]
    public void After_a_read_behind_the_end_the_content_is_where_it_was()
    {
        using GzipFileHandle handle = Open(_content, damage: false);
        byte[] piece = new byte[1000];
        Assert.Equal(1000, handle.Read(0, piece));
        Assert.Equal(0, handle.Read(_content.Length + 50, piece));
        Assert.Equal(500, handle.Read(_content.Length - 500, piece));
        Assert.Equal(_content.AsSpan(_content.Length - 500), piece.AsSpan(0, 500));
    }

    private static GzipFileHandle Open(byte[] content, bool damage)
    {
        using var disk = new InMemoryFileSystem();
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
        byte[] bytes = compressed.ToArray();
        if (damage) bytes.AsSpan(bytes.Length / 2, 64).Fill(0xff);
        disk.Write(disk.Root + "/a.gz", bytes);
        return new GzipFileHandle(disk.Open(disk.Root + "/a.gz"));
    }
}
