using System.Buffers;
using LogPipeline.Joining.Traces;
using LogPipeline.Tailing;

namespace LogPipeline.Joining;

/// <summary>Where the store has records already: their extents win over the rule (docs/exactly-once.md).</summary>
internal sealed partial class LaneJoiner
{
    private StoredExtents? _extents;

    public void Expect(StreamPosition start, long sourceLengthBytes) => (_extents ??= new StoredExtents()).Add(start, sourceLengthBytes);

    private void AddWithExtents<TSink>(in PendingLine line, ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        StoredExtents extents = _extents!;
        if (!extents.IsInside && extents.Contains(line.Start))
        {
            EndPending(chunk, ref sink);
            extents.Enter(line.Start);
        }

        if (!extents.IsInside)
        {
            if (extents.IsSpent(line.Start)) _extents = null;
            Append(line, chunk, ref sink);
            return;
        }

        _lines.Push(line);
        switch (extents.Advance(line.SourceLengthBytes))
        {
            case < 0:
                LeaveExtent(chunk, ref sink);
                break;
            case 0:
                EndExtent(chunk, ref sink);
                break;
        }
    }

    /// <summary>The lines held are exactly a record that is stored: they are one here too.</summary>
    private void EndExtent<TSink>(ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        bool cutsLine = _lines.Last.IsOpen || _lines.Last.IsCut;
        _flags = State.Has(LaneState.InsideCutLine) ? RecordFlags.Continued : RecordFlags.None;
        _lines.Merge(_lines.Count, chunk);
        _extents!.Leave();
        EndRecord(
            cutsLine ? RecordFlags.Truncated : RecordFlags.None,
            cutsLine ? LaneState.Cut(LaneState.InsideCutLine, TraceState.Plain) : default, chunk, ref sink);
    }

    /// <summary>Nothing more comes: what the store has of the record behind the lines held is not on disk any more. They are that record.</summary>
    private void EndExtentEarly<TSink>(ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        if (_extents is null || !_extents.IsInside || _lines.Count == 0) return;
        _lines.Last.SourceLengthBytes += _extents.LeftBytes;
        _lines.Last.IsOpen = false;
        EndExtent(default, ref sink);
    }

    /// <summary>The extent that was expected does not hold: the entries gathered for it are joined by the rule.</summary>
    private void LeaveExtent<TSink>(ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        if (_extents is null || !_extents.IsInside) return;
        _extents.Leave();
        if (_lines.Count == 0) return;
        _lines.Own(_lines.Count, chunk);
        PendingLine[] entries = _lines.Detach(out byte[] buffer);
        foreach (ref readonly PendingLine entry in entries.AsSpan()) Append(entry, buffer, ref sink);
        Own(buffer);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
