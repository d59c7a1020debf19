using System.Buffers;
using System.Diagnostics;

namespace LogPipeline.Joining;

/// <summary>
/// The lines that a lane holds, in order, and their text. Text stays in the caller's chunk until lines are merged or the chunk goes
/// away; then it is in a rented buffer, returned as soon as no line needs it. The lines whose text is owned come first, and their
/// texts lie there one after the other as a record wants them: parts of a line adjoin, lines are separated by <c>\n</c>.
/// </summary>
internal sealed class PendingLines
{
    private const int InitialCapacity = 4;
    private const int KeptCapacity = 16;

    private PendingLine[] _lines = new PendingLine[InitialCapacity];
    private byte[]? _buffer;
    private int _bufferEnd;
    private int _owned;

    public int Count { get; private set; }

    /// <summary>Some text still lies in the chunk.</summary>
    public bool NeedsChunk => _owned < Count;

    public ref PendingLine this[int index] => ref _lines[index];

    public ref PendingLine Last => ref _lines[Count - 1];

    public ReadOnlySpan<byte> Text(int index, ReadOnlySpan<byte> chunk)
    {
        ref PendingLine line = ref _lines[index];
        return (index < _owned ? _buffer : chunk).Slice(line.TextStart, line.TextLength);
    }

    /// <summary>Adds a line whose text lies in the chunk.</summary>
    public void Push(in PendingLine line)
    {
        if (Count == _lines.Length) Array.Resize(ref _lines, Count * 2);
        _lines[Count++] = line;
    }

    /// <summary>Replaces the only line by one whose text lies in the chunk.</summary>
    public void Replace(in PendingLine line)
    {
        Debug.Assert(Count == 1);
        if (_owned != 0) ReleaseText();
        _lines[0] = line;
    }

    public void RemoveFirst()
    {
        Count--;
        if (_owned > 0) _owned--;
        if (Count > 0) Array.Copy(_lines, 1, _lines, 0, Count);
        else if (_lines.Length > KeptCapacity) _lines = new PendingLine[InitialCapacity];
        if (_owned == 0) ReleaseText();
    }

    public void Clear()
    {
        Count = 0;
        if (_lines.Length > KeptCapacity) _lines = new PendingLine[InitialCapacity];
        ReleaseText();
    }

    /// <summary>Makes the first <paramref name="count"/> lines one.</summary>
    public void Merge(int count, ReadOnlySpan<byte> chunk)
    {
        if (count <= 1) return;
        Own(count, chunk);
        ref PendingLine first = ref _lines[0];
        for (int i = 1; i < count; i++) Absorb(ref first, _lines[i]);
        first.TextLength = _lines[count - 1].TextStart + _lines[count - 1].TextLength - first.TextStart;
        Array.Copy(_lines, count, _lines, 1, Count - count);
        Count -= count - 1;
        _owned -= count - 1;
    }

    /// <summary>Adds the next part of the last line; its text lies in the chunk.</summary>
    public void Extend(in PendingLine part, ReadOnlySpan<byte> chunk)
    {
        Own(Count, chunk);
        ref PendingLine last = ref Last;
        EnsureSpace(part.TextLength);
        chunk.Slice(part.TextStart, part.TextLength).CopyTo(_buffer.AsSpan(_bufferEnd));
        _bufferEnd += part.TextLength;
        last.TextLength += part.TextLength;
        Absorb(ref last, part);
    }

    /// <summary>Copies the text of the first <paramref name="count"/> lines out of the chunk.</summary>
    public void Own(int count, ReadOnlySpan<byte> chunk)
    {
        for (; _owned < count; _owned++)
        {
            ref PendingLine line = ref _lines[_owned];
            bool separated = _owned > 0 && !_lines[_owned - 1].IsOpen && !_lines[_owned - 1].IsCut;
            EnsureSpace(line.TextLength + 1);
            if (separated) _buffer![_bufferEnd++] = (byte)'\n';
            chunk.Slice(line.TextStart, line.TextLength).CopyTo(_buffer.AsSpan(_bufferEnd));
            line.TextStart = _bufferEnd;
            _bufferEnd += line.TextLength;
        }
    }

    /// <summary>
    /// Gives all lines and their text away and is empty after it. All text must be owned. The caller returns
    /// <paramref name="buffer"/> to <see cref="ArrayPool{T}.Shared"/>.
    /// </summary>
    public PendingLine[] Detach(out byte[] buffer)
    {
        Debug.Assert(!NeedsChunk && _buffer is not null);
        PendingLine[] lines = _lines.AsSpan(0, Count).ToArray();
        buffer = _buffer;
        _buffer = null;
        Clear();
        return lines;
    }

    private static void Absorb(ref PendingLine first, in PendingLine next)
    {
        first.SourceLengthBytes += next.SourceLengthBytes;
        first.LastTimestamp = next.LastTimestamp;
        first.PhysicalLines += next.PhysicalLines;
        if (!first.IsOpen) first.LogicalLines += next.LogicalLines;
        first.IsOpen = next.IsOpen;
        first.IsCut = next.IsCut;
        first.IsUnterminated = next.IsUnterminated;
        first.IsFormatError |= next.IsFormatError;
    }

    /// <summary>Room for so many bytes behind the last; texts of lines that are gone make room before the buffer grows.</summary>
    private void EnsureSpace(int bytes)
    {
        if (_buffer is not null && _buffer.Length - _bufferEnd >= bytes) return;
        int from = _owned > 0 ? _lines[0].TextStart : _bufferEnd;
        int live = _bufferEnd - from;
        byte[] target = ArrayPool<byte>.Shared.Rent(Math.Max(checked(live + bytes), live * 2));
        if (live > 0) _buffer.AsSpan(from, live).CopyTo(target);
        for (int i = 0; i < _owned; i++) _lines[i].TextStart -= from;
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = target;
        _bufferEnd = live;
    }

    private void ReleaseText()
    {
        _owned = 0;
        _bufferEnd = 0;
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }
}
