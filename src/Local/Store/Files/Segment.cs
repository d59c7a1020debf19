using System.Buffers;
using LogPipeline.Local.Store.Files.Ids;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// One file of an index: blocks one after another, appended while it is active, with a footer (<see cref="SegmentFooter"/>) once it is
/// sealed. Its owner holds one reference, each reader another; the file is closed with the last. State changes are made under the
/// index's lock; <see cref="ReadBlock"/> needs none.
/// </summary>
internal sealed class Segment
{
    public const string Extension = ".seg";

    private int _references = 1;
    private SegmentBlock[] _blocks = [];
    private int _blockCount;

    public Segment(string path, long number, SafeFileHandle file)
    {
        Path = path;
        Number = number;
        File = file;
    }

    public string Path { get; }

    /// <summary>Position among the index's segments, from their file names; later ones are newer.</summary>
    public long Number { get; }

    public SafeFileHandle File { get; }

    /// <summary>How many files with the next numbers were merged into this one: where they are still there, they are left over.</summary>
    public int MergedFiles { get; set; }

    /// <summary>A block of it was found to be damaged when it was to be rewritten: it stays as it is.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>Where the next block is appended.</summary>
    public long Length { get; set; }

    public long RawBytes { get; private set; }

    public int DocumentCount { get; private set; }

    public long FirstSequence => _blockCount == 0 ? 0 : _blocks[0].Summary.FirstSequence;

    public long MaxTimestamp { get; private set; } = long.MinValue;

    /// <summary>Null once sealed.</summary>
    public ActiveIds? ActiveIds { get; private set; } = new();

    /// <summary>Null until sealed.</summary>
    public SealedIds? SealedIds { get; private set; }

    public bool IsSealed => SealedIds is not null;

    /// <summary>Sequence numbers of documents that documents of this segment replaced.</summary>
    public List<long> Replaced { get; } = [];

    /// <summary>The durable blocks. Safe beside <see cref="AddBlock"/>: the count is read before the array that has at least as many.</summary>
    public ReadOnlyMemory<SegmentBlock> Blocks
    {
        get
        {
            int count = Volatile.Read(ref _blockCount);
            return Volatile.Read(ref _blocks).AsMemory(0, count);
        }
    }

    /// <summary>Makes a durable block known.</summary>
    public void AddBlock(SegmentBlock block)
    {
        if (_blockCount == _blocks.Length)
        {
            SegmentBlock[] larger = _blocks;
            Array.Resize(ref larger, Math.Max(16, _blockCount * 2));
            Volatile.Write(ref _blocks, larger);
        }

        _blocks[_blockCount] = block;
        Volatile.Write(ref _blockCount, _blockCount + 1);
        RawBytes += block.Frame.RawLength;
        DocumentCount += block.Summary.DocumentCount;
        MaxTimestamp = Math.Max(MaxTimestamp, block.Summary.MaxTimestamp);
    }

    public void SetSealed(SealedIds ids)
    {
        SealedIds = ids;
        Interlocked.MemoryBarrier();
        ActiveIds = null;
    }

    /// <summary>The block that holds a document; -1 when none does.</summary>
    public int FindBlock(long sequence)
    {
        ReadOnlySpan<SegmentBlock> blocks = Blocks.Span;
        int low = 0, high = blocks.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            BlockSummary summary = blocks[middle].Summary;
            if (sequence < summary.FirstSequence) high = middle - 1;
            else if (sequence >= summary.FirstSequence + summary.DocumentCount) low = middle + 1;
            else return middle;
        }

        return -1;
    }

    /// <summary>
    /// Reads and decompresses a block into <paramref name="raw"/>, which is exactly <see cref="BlockFrame.RawLength"/> long. False when
    /// the file's bytes are not what was written. Throws <see cref="IOException"/>.
    /// </summary>
    public bool ReadBlock(in SegmentBlock block, Span<byte> raw)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(block.Frame.Length);
        try
        {
            Span<byte> frame = buffer.AsSpan(0, block.Frame.Length);
            return SegmentFooter.TryReadExactly(File, frame, block.Offset) && BlockFrame.IsIntact(frame) && BlockFrame.TryDecode(frame[block.Frame.PayloadOffset..], raw);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a block and compares its checksum; nothing is decompressed. Throws <see cref="IOException"/>.</summary>
    public bool IsIntact(in SegmentBlock block)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(block.Frame.Length);
        try
        {
            Span<byte> frame = buffer.AsSpan(0, block.Frame.Length);
            return SegmentFooter.TryReadExactly(File, frame, block.Offset) && BlockFrame.IsIntact(frame);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Retain() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0) File.Dispose();
    }
}
