using LogPipeline.Ledger;
using LogPipeline.Processing;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Processing;

public sealed class FileChunkTests : IDisposable
{
    private const int ChunkBytes = 64 << 10;

    private readonly InMemoryFileSystem _disk = new();
    private readonly ReadBuffer _buffer = new(ChunkBytes);
    private readonly string _path;

    public FileChunkTests() => _path = _disk.Root + "/app.log";

    public void Dispose()
    {
        _buffer.Dispose();
        _disk.Dispose();
    }

    [Theory]
    [InlineData("another first line\nand a second\n")]
    [InlineData("short\n")]
    [InlineData("")]
    public void Content_that_came_by_a_truncation_before_the_first_read_is_not_taken_for_the_files_own(string regrown)
    {
        _disk.Write(_path, "the first line\n"u8.ToArray());
        using TailedFile file = TakeUp("the first line\n"u8);
        _disk.Truncate(_path, 0);
        _disk.Append(_path, System.Text.Encoding.UTF8.GetBytes(regrown));
        Assert.Equal(ChunkVerdict.OtherContent, FileChunk.Read(file, _buffer, ChunkBytes, ChunkBytes).Verdict);
    }

    [Fact]
    public void A_first_line_longer_than_a_chunk_is_known_again()
    {
        byte[] line = [.. Enumerable.Repeat((byte)'x', 900), (byte)'\n'];
        _disk.Write(_path, line);
        using TailedFile file = TakeUp(line);
        FileChunk chunk = FileChunk.Read(file, _buffer, chunkBytes: 256, ChunkBytes);
        Assert.Equal((ChunkVerdict.Lines, line.Length), (chunk.Verdict, chunk.Length));
    }

    [Fact]
    public void Where_no_crc_is_known_of_what_was_read_the_first_line_tells_a_content_apart()
    {
        _disk.Write(_path, "the first line\nthe second line\n"u8.ToArray());
        using TailedFile file = TakeUp("the first line\n"u8);
        file.ReadOffset = "the first line\n".Length;
        Assert.Equal(ChunkVerdict.Lines, FileChunk.Read(file, _buffer, ChunkBytes, ChunkBytes).Verdict);

        _disk.Truncate(_path, 0);
        _disk.Append(_path, "another first line\nand a second that is longer\n"u8);
        Assert.Equal(ChunkVerdict.OtherContent, FileChunk.Read(file, _buffer, ChunkBytes, ChunkBytes).Verdict);
    }

    private TailedFile TakeUp(ReadOnlySpan<byte> firstLine)
    {
        var checkpoint = new FileCheckpoint { Id = default, StreamKey = _path, Ordinal = 1, Kind = SourceKind.Plain, Fingerprint = FileFingerprint.Of(firstLine) };
        FileStatus status = _disk.Stat(_path)!.Value;
        var found = new DiscoveredFile
        {
            Path = _path, Device = status.Device, Inode = status.Inode, SizeBytes = status.SizeBytes, BirthNanos = status.BirthNanos, ModifiedNanos = status.ModifiedNanos, Live = true,
        };
        return new TailedFile(checkpoint, found, _disk.Open(_path));
    }
}
