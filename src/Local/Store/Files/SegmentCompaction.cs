using System.Buffers;
using LogPipeline.Local.Store.Files.Ids;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// Writes sealed segments that follow each other as one larger segment: blocks as they lie, their tables of ids merged. So an id is
/// looked up in few segments, however many documents there are. Unlike <see cref="SegmentMerger"/> it decompresses nothing.
/// </summary>
internal sealed class SegmentCompaction : IDisposable
{
    private const string TemporarySuffix = ".compacted.tmp";
    private const int FlushBytes = 1 << 20;

    /// <summary>Ids between two looks at whether to stop.</summary>
    private const int StopEvery = 1 << 20;

    private readonly IReadOnlyList<Segment> _sources;
    private readonly StoreFiles _files;
    private readonly string _temporary;
    private readonly Segment _compacted;
    private bool _isInPlace;

    /// <summary>Creates the new file, beside those of the sources. Throws <see cref="IOException"/>.</summary>
    public SegmentCompaction(IReadOnlyList<Segment> sources, StoreFiles files)
    {
        _sources = sources;
        _files = files;
        Segment first = sources[0], last = sources[^1];
        _temporary = first.Path + TemporarySuffix;
        _compacted = new Segment(first.Path, first.Number, files.Open(_temporary, FileMode.Create)) { MergedFiles = (int)(last.Number + last.MergedFiles - first.Number) };
    }

    /// <summary>Writes and syncs all of it. False when a block is damaged, whose segment then says so. Throws <see cref="IOException"/> and <see cref="OperationCanceledException"/>.</summary>
    public bool TryWrite(CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FlushBytes);
        try
        {
            int length = 0;
            foreach (Segment source in _sources)
            {
                _compacted.Replaced.AddRange(source.Replaced);
                foreach (SegmentBlock block in source.Blocks.Span)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (buffer.Length - length < block.Frame.Length) Flush(ref buffer, ref length, block.Frame.Length);
                    Span<byte> frame = buffer.AsSpan(length, block.Frame.Length);
                    if (!SegmentFooter.TryReadExactly(source.File, frame, block.Offset) || !BlockFrame.IsIntact(frame))
                    {
                        source.IsDamaged = true;
                        return false;
                    }

                    _compacted.AddBlock(new SegmentBlock(_compacted.Length + length, block.Frame));
                    length += frame.Length;
                }
            }

            Flush(ref buffer, ref length, 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        using var table = new IdTableWriter(_files, _compacted.File, _compacted.Length, _sources.Sum(source => source.SealedIds!.Count));
        MergeIds(table, cancellation);
        SegmentFooter.Seal(_compacted, table, _files);
        return true;
    }

    /// <summary>Puts the file in the place of the first source's, durably; the others' files are the caller's to delete. Throws <see cref="IOException"/>.</summary>
    public Segment MoveInPlace()
    {
        File.Move(_temporary, _compacted.Path, overwrite: true);
        _isInPlace = true;
        _files.SyncDirectory(Path.GetDirectoryName(_compacted.Path)!);
        return _compacted;
    }

    /// <summary>Deletes what was not moved in place.</summary>
    public void Dispose()
    {
        if (_isInPlace) return;
        _compacted.Release();
        try
        {
            File.Delete(_temporary);
        }
        catch (DirectoryNotFoundException)
        {
            // Its index was deleted meanwhile.
        }
    }

    private void Flush(ref byte[] buffer, ref int length, int needed)
    {
        _files.Write(_compacted.File, buffer.AsSpan(0, length), _compacted.Length);
        _compacted.Length += length;
        length = 0;
        if (buffer.Length >= needed) return;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = ArrayPool<byte>.Shared.Rent(needed);
    }

    private void MergeIds(IdTableWriter table, CancellationToken cancellation)
    {
        var readers = new IdTableReader[_sources.Count];
        try
        {
            var open = new List<(IdTableReader Ids, int FirstPosition)>(readers.Length);
            for (int i = 0; i < readers.Length; i++)
            {
                readers[i] = new IdTableReader(_sources[i].SealedIds!);
                if (readers[i].MoveNext()) open.Add((readers[i], checked((int)(_sources[i].FirstSequence - _sources[0].FirstSequence))));
            }

            for (int written = 0; open.Count > 0; written++)
            {
                if (written % StopEvery == 0) cancellation.ThrowIfCancellationRequested();
                int least = 0;
                for (int i = 1; i < open.Count; i++)
                {
                    if (open[i].Ids.Hash < open[least].Ids.Hash) least = i;
                }

                (IdTableReader ids, int firstPosition) = open[least];
                table.Add(ids.Hash, checked(firstPosition + ids.Position));
                if (!ids.MoveNext()) open.RemoveAt(least);
            }
        }
        finally
        {
            foreach (IdTableReader? reader in readers) reader?.Dispose();
        }
    }
}
