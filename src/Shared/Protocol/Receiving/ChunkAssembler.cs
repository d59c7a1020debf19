using System.Runtime.InteropServices;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Processing;
using LogPipeline.Protocol.Messages;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Receiving;

/// <summary>
/// The chunks of one epoch of one stream, in order, to encoded records: feeds a <see cref="RecordAssembler"/> from the wire. Holds only what reading again
/// rebuilds. Called with the lane's gate held.
/// </summary>
internal sealed class ChunkAssembler(BodyLane bodies, JoiningRules rules)
{
    private static readonly SubStream[] Lanes = [SubStream.None, SubStream.Stdout, SubStream.Stderr];

    private readonly Dictionary<long, ReceivedFile> _files = [];
    private RecordAssembler? _records;
    private readonly List<ReadOnlyMemory<byte>> _headerPieces = [];
    private readonly List<ChunkTicket> _headerTickets = [];
    private DeliverChunk? _headed;
    private byte[] _rest = [];

    public bool HasPending => _rest.Length > 0 || _headerPieces.Count > 0 || _records is { HasPending: true };

    /// <summary>Chunks that were taken and become durable only once the header in them is whole.</summary>
    public int HeaderPieces => _headerTickets.Count;

    /// <summary>Whether the records of a chunk may be in the store already: then all before it must be certain first.</summary>
    public bool IsReplay(DeliverChunk chunk) => FileOf(chunk) is { } file && file.ReadOffset < file.ReplayEnd;

    /// <summary>Whose documents the records of a chunk are; null when the chunk makes no sense.</summary>
    public string? TenantOf(DeliverChunk chunk) => FileOf(chunk)?.Checkpoint.PinAt(chunk.Start.OffsetBytes).Tenant;

    /// <summary>Encodes what a chunk completes and closes the ticket. False when the chunk does not fit what came before it: nothing of it was encoded.</summary>
    public bool TryAdd(DeliverChunk chunk, ChunkTicket ticket)
    {
        if ((chunk.Flags & ChunkFlags.HeaderGoesOn) != 0)
        {
            _headerPieces.Add(chunk.Header.ToArray());
            _headerTickets.Add(ticket);
            return true;
        }
        if (FileOf(chunk) is not { } file) return false;
        bodies.Encoder.ReadAtNanos = chunk.ReadAtNanos;
        bool endsFile = (chunk.Flags & ChunkFlags.EndOfFile) != 0;
        foreach (SilenceCut cut in chunk.Cuts) _records!.Apply(file, cut, ticket);
        StreamPosition readTo;
        if (chunk.Cuts.Count > 0 && chunk.Bytes.IsEmpty && !endsFile)
        {
            FileProgress open = _records!.Current ?? file;
            readTo = new(open.Ordinal, open.ReadOffset);
        }
        else
        {
            if (chunk.Start.OffsetBytes != file.ReadOffset + (file == _records!.Current ? _rest.Length : 0)) return false;
            if (file != _records.Current) _records.Prepare(file, ticket);
            CloseHeaderTickets(new(file.Ordinal, file.ReadOffset));
            Read(file, chunk, endsFile, (chunk.Flags & ChunkFlags.GivenUp) != 0, ticket);
            if ((chunk.Flags & ChunkFlags.EndOfStream) != 0)
                foreach (SubStream lane in Lanes) _records.End(lane, ticket);
            readTo = endsFile ? chunk.GoOnAt : new(file.Ordinal, file.ReadOffset);
        }
        if (_records.Current is null) return false;
        ticket.Close(_records.ResumeAt(readTo, default));
        return true;
    }

    /// <summary>The store has a record of this extent: the next epoch ends a record where it does.</summary>
    public void Expect(SubStream subStream, StreamPosition start, long lengthBytes) => _records?.Expect(subStream, start, lengthBytes);

    /// <summary>Sub-streams with a record that only silence can end.</summary>
    public IReadOnlyList<LaneEnd> Cuttable() =>
        _records is null ? [] : [.. Lanes.Where(_records.CanCut).Select(open => new LaneEnd(open, _records.PendingEnd(open)))];

    /// <summary>Everything before a resume point is durable.</summary>
    /// <param name="durable">The point.</param>
    /// <param name="isAll">Nothing that was encoded lies behind it.</param>
    public void Forget(in ResumeSnapshot durable, bool isAll)
    {
        if (isAll) _records?.ForgetStored(durable);
        if (_files.Count < 2) return;
        foreach (long passed in FilesBefore(durable.Earliest.FileOrdinal)) _files.Remove(passed);
    }

    /// <summary>A new epoch: everything but the stored extents is read again.</summary>
    public void Clear()
    {
        _records?.Clear();
        _files.Clear();
        _headerPieces.Clear();
        _headerTickets.Clear();
        _headed = null;
        _rest = [];
    }

    private List<long> FilesBefore(long fileOrdinal) => [.. _files.Keys.Where(ordinal => ordinal < fileOrdinal)];

    private ReceivedFile? FileOf(DeliverChunk chunk) => TryTakeHeader(chunk) ? _files.GetValueOrDefault(chunk.Start.FileOrdinal) : null;

    private bool TryTakeHeader(DeliverChunk chunk)
    {
        if ((chunk.Header.IsEmpty && _headerPieces.Count == 0) || ReferenceEquals(chunk, _headed)) return true;
        if ((chunk.Flags & ChunkFlags.HeaderGoesOn) != 0) return false;
        if (FileHeader.TryDecode(WholeHeader(chunk)) is not { } header || header.File.Ordinal != chunk.Start.FileOrdinal) return false;
        _headed = chunk;
        _headerPieces.Clear();
        _records ??= new RecordAssembler(bodies.Encoder, rules, header.Restart, Known);
        if (_files.TryGetValue(header.File.Ordinal, out ReceivedFile? known))
        {
            known.Update(header);
            _records.PinsChanged(known);
        }
        else _files[header.File.Ordinal] = new ReceivedFile(header);
        return true;
    }

    private ReadOnlySpan<byte> WholeHeader(DeliverChunk last)
    {
        if (_headerPieces.Count == 0) return last.Header.Span;
        byte[] whole = new byte[_headerPieces.Sum(piece => piece.Length) + last.Header.Length];
        int at = 0;
        foreach (ReadOnlyMemory<byte> piece in _headerPieces.Append(last.Header))
        {
            piece.CopyTo(whole.AsMemory(at));
            at += piece.Length;
        }
        return whole;
    }

    // Where the bytes behind the header begin is known once it is whole: until then its pieces promise nothing.
    private void CloseHeaderTickets(StreamPosition readTo)
    {
        foreach (ChunkTicket ticket in _headerTickets) ticket.Close(_records!.ResumeAt(readTo, default));
        _headerTickets.Clear();
    }

    private ReceivedFile Known(long ordinal) => _files.GetValueOrDefault(ordinal) ?? throw new InvalidOperationException("A record begins in a file that was forgotten.");

    private void Read(ReceivedFile file, DeliverChunk chunk, bool endOfFile, bool givenUp, ChunkTicket ticket)
    {
        Span<byte> bytes = ToRead(chunk);
        int position = _records!.Read(file, bytes, endOfFile && !givenUp, ticket);
        _rest = position == bytes.Length || endOfFile ? [] : bytes[position..].ToArray();
    }

    // Entries are decoded in place: in the chunk itself where its array is its own, as it is read only once.
    private Span<byte> ToRead(DeliverChunk chunk)
    {
        if (_rest.Length == 0 && chunk.Rented is not null) return MemoryMarshal.AsMemory(chunk.Bytes).Span;
        Span<byte> copy = bodies.Scratch(_rest.Length + chunk.Bytes.Length);
        _rest.CopyTo(copy);
        chunk.Bytes.Span.CopyTo(copy[_rest.Length..]);
        return copy;
    }
}
