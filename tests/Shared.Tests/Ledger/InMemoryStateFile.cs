namespace LogPipeline.Tests.Ledger;

/// <summary>One file of <see cref="InMemoryStateStorage"/>: what is on the disk, what the page cache shows, and the changes in between.</summary>
internal sealed class InMemoryStateFile
{
    /// <summary>What a disk writes whole or not at all, or not even that. Small, so that small files are torn in many places.</summary>
    private const int SectorBytes = 64;

    private readonly List<Change> _unsynced = [];
    private ByteList _durable = new();

    /// <summary>What a process reads.</summary>
    public ByteList Cached { get; private set; } = new();

    public void Append(byte[] bytes) => Record(new Change(Cached.Length, bytes));

    public void Truncate(int length) => Record(new Change(length, null));

    /// <summary>Writes everything to the disk.</summary>
    public void Sync()
    {
        foreach (Change change in _unsynced) change.Apply(_durable);
        _unsynced.Clear();
    }

    /// <summary>Writes some sectors, not others, and forgets which: reads show what was written, the disk has it or not, and nobody will write it again.</summary>
    public void FailSync(Random random, List<byte[]> oldBlocks)
    {
        _durable = Settle(random, oldBlocks);
        _unsynced.Clear();
    }

    public void CutPower(Random random, List<byte[]> oldBlocks)
    {
        FailSync(random, oldBlocks);
        Cached = _durable.Clone();
    }

    public void Overwrite(byte[] content)
    {
        _unsynced.Clear();
        _durable = new ByteList(content);
        Cached = _durable.Clone();
    }

    private void Record(Change change)
    {
        change.Apply(Cached);
        _unsynced.Add(change);
    }

    /// <summary>What the disk holds if each sector, and the length, was last written after any number of the unsynced changes.</summary>
    private ByteList Settle(Random random, List<byte[]> oldBlocks)
    {
        if (_unsynced.Count == 0) return _durable.Clone();
        var versions = new List<ByteList> { _durable };
        foreach (Change change in _unsynced)
        {
            ByteList next = versions[^1].Clone();
            change.Apply(next);
            versions.Add(next);
        }

        int first = _unsynced.Min(change => change.Offset);
        var settled = new byte[versions[random.Next(versions.Count)].Length];
        _durable.AsSpan(0, Math.Min(Math.Min(first, _durable.Length), settled.Length)).CopyTo(settled);
        for (int start = first; start < settled.Length;)
        {
            int end = Math.Min((start / SectorBytes + 1) * SectorBytes, settled.Length);
            int torn = random.Next(4) == 0 ? random.Next(start, end + 1) : end;
            Fill(settled.AsSpan(start, torn - start), start);
            Fill(settled.AsSpan(torn, end - torn), torn);
            start = end;
        }

        return new ByteList(settled);

        void Fill(Span<byte> destination, int offset)
        {
            ByteList version = versions[random.Next(versions.Count)];
            int present = Math.Clamp(version.Length - offset, 0, destination.Length);
            if (present > 0) version.AsSpan(offset, present).CopyTo(destination);
            if (present == destination.Length || oldBlocks.Count == 0 || random.Next(2) == 0) return;
            byte[] old = oldBlocks[random.Next(oldBlocks.Count)];
            int stale = Math.Clamp(old.Length - offset - present, 0, destination.Length - present);
            if (stale > 0) old.AsSpan(offset + present, stale).CopyTo(destination[present..]);
        }
    }

    /// <summary>Bytes written at an offset (the end then), or, without bytes, a cut there.</summary>
    private sealed record Change(int Offset, byte[]? Bytes)
    {
        public void Apply(ByteList content)
        {
            if (content.Length < Offset) content.Resize(Offset);
            else content.Resize(Bytes is null ? Offset : content.Length);
            if (Bytes is not null) content.Write(Offset, Bytes);
        }
    }

    /// <summary>Growing bytes.</summary>
    internal sealed class ByteList
    {
        private byte[] _bytes;

        public ByteList(byte[]? bytes = null) => (_bytes, Length) = (bytes?.ToArray() ?? [], bytes?.Length ?? 0);

        public int Length { get; private set; }

        public Span<byte> AsSpan(int start, int length) => _bytes.AsSpan(start, length);

        public byte[] ToArray() => _bytes.AsSpan(0, Length).ToArray();

        public ByteList Clone() => new(ToArray());

        public void Write(int offset, byte[] bytes)
        {
            if (offset + bytes.Length > Length) Resize(offset + bytes.Length);
            bytes.CopyTo(_bytes, offset);
        }

        public void Resize(int length)
        {
            if (length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(length, _bytes.Length * 2));
            if (length > Length) _bytes.AsSpan(Length, length - Length).Clear();
            Length = length;
        }
    }
}
