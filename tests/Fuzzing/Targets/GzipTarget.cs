using System.IO.Compression;
using System.Text;
using LogPipeline.Tailing;
using LogPipeline.Tests.Engine;

namespace LogPipeline.Tests.Targets;

/// <summary>
/// Compressed siblings: whole, torn, damaged, in several members. The content does not depend on the sizes and places of reads, and of damaged bytes all
/// that can be had before the damage is had.
/// </summary>
internal sealed class GzipTarget : FuzzTarget
{
    private const int MaxContent = 2 << 20;

    public override string Name => "gzip";

    public override byte[] Generate(Random random, IReadOnlyList<byte[]> corpus)
    {
        byte[] input = random.Next(3) == 0 ? Compressed(random) : corpus[random.Next(corpus.Count)];
        return random.Next(8) == 0 ? input : Mutator.Mutate(input, corpus[random.Next(corpus.Count)], random, [], MaxBytes);
    }

    public override void Check(byte[] input, Random random)
    {
        using var reference = new GzipFileHandle(new Bytes(input));
        byte[] content = ReadAll(reference, () => 64 << 10, MaxContent);
        if (content.Length >= MaxContent) return;
        for (int round = 0; round < 2; round++)
        {
            using var handle = new GzipFileHandle(new Bytes(input));
            int usual = random.Next(1, 300);
            Hold(content.AsSpan().SequenceEqual(ReadAll(handle, () => random.Next(4) == 0 ? random.Next(1, 70_000) : usual, MaxContent)), "the content depends on the sizes of reads");
            Hold(handle.Damage is null == reference.Damage is null, "damage is seen or not by the sizes of reads");
        }
        using var scattered = new GzipFileHandle(new Bytes(input));
        byte[] buffer = new byte[5000];
        for (int reads = 0; reads < 12; reads++)
        {
            int offset = random.Next(content.Length + 100), length = random.Next(buffer.Length);
            int read = scattered.Read(offset, buffer.AsSpan(0, length));
            int expected = Math.Clamp(content.Length - offset, 0, length);
            Hold(read == expected, $"{read} bytes instead of {expected} at {offset} of {content.Length}");
            Hold(read == 0 || content.AsSpan(offset, read).SequenceEqual(buffer.AsSpan(0, read)), $"other bytes at {offset}");
        }
    }

    private static byte[] ReadAll(GzipFileHandle handle, Func<int> size, int most)
    {
        using var content = new MemoryStream();
        byte[] buffer = new byte[70_000];
        while (content.Length < most)
        {
            int read = handle.Read(content.Length, buffer.AsSpan(0, size()));
            if (read == 0) break;
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }

    private static byte[] Compressed(Random random)
    {
        using var bytes = new MemoryStream();
        for (int members = random.Next(1, 3); members > 0; members--)
        {
            using var member = new GZipStream(bytes, (CompressionLevel)random.Next(4), leaveOpen: true);
            for (int lines = random.Next(300); lines > 0; lines--) member.Write(Encoding.UTF8.GetBytes($"2026-11-20T16:40:{lines % 60:D2}Z stdout F line {lines} {random.Next()}\n"));
        }
        return bytes.ToArray();
    }

    private sealed class Bytes(byte[] content) : ILogFileHandle
    {
        public int Read(long offset, Span<byte> destination)
        {
            if (offset >= content.Length) return 0;
            int read = (int)Math.Min(destination.Length, content.Length - offset);
            content.AsSpan((int)offset, read).CopyTo(destination);
            return read;
        }

        public FileStatus Stat() => new(1, 1, content.Length, 0, 0, 1, IsDirectory: false);

        public void Dispose()
        {
        }
    }
}
