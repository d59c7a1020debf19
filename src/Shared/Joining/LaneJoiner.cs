using LogPipeline.Formats;
using LogPipeline.Joining.Traces;
using LogPipeline.Tailing;

namespace LogPipeline.Joining;

/// <summary>
/// Joins the entries of one sub-stream. What it holds, in order: the record being joined (one line of <see cref="PendingLines"/>,
/// however many it was made of), undecided logical lines, and last, perhaps, a line whose parts are still coming. A line is judged when
/// it is complete; when it turns out that undecided lines are records of their own, they are judged anew as if just read, which
/// is what makes a restart at their beginning give the same records.
/// </summary>
internal sealed partial class LaneJoiner(JoiningRule rule)
{
    private readonly PendingLines _lines = new();
    private readonly long _flushAfterNanos = rule.FlushAfter.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Lines that have been judged: the record and the undecided ones.</summary>
    private int _judged;
    private TraceState _trace;
    private RecordFlags _flags;

    /// <summary>State at the first byte that has not been handed on.</summary>
    public LaneState State { get; private set; }

    /// <summary>Where the last entry that was added ends.</summary>
    public StreamPosition End { get; private set; }

    public bool HasPending => _lines.Count > 0;

    public StreamPosition PendingStart => _lines[0].Start;

    public bool IsInsideLine => _lines.Count > 0 && _lines.Last.IsOpen;

    /// <summary>Nothing is pending and nothing is expected: a complete line under a rule that joins nothing is a record as it stands.</summary>
    public bool PassesLines => _lines.Count == 0 && State.Bits == 0 && _extents is null && !rule.JoinsLines;

    public void Restore(LaneState state)
    {
        if (_lines.Count > 0) throw new InvalidOperationException("State is restored before the first entry.");
        State = state;
    }

    public void Forget()
    {
        _lines.Clear();
        _judged = 0;
        _extents?.Leave();
    }

    public void Own(ReadOnlySpan<byte> chunk)
    {
        if (_lines.NeedsChunk) _lines.Own(_lines.Count, chunk);
    }

    public void Add<TSink>(in PendingLine line, StreamPosition end, ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        End = end;
        if (_extents is not null)
        {
            AddWithExtents(line, chunk, ref sink);
            return;
        }

        if (_lines.Count == 1 && _trace == TraceState.Unread && !line.IsOpen && !line.IsCut && !line.IsFormatError && _judged == 1)
        {
            // By far the most frequent case: one ordinary line after another.
            ReadOnlySpan<byte> text = chunk.Slice(line.TextStart, line.TextLength);
            if (rule.SurelyBegins(_lines.Text(0, chunk), text))
            {
                Accept(RecordFlags.None, chunk, ref sink);
                _lines.Replace(line);
                State = default;
                _flags = RecordFlags.None;
                return;
            }
        }

        Append(line, chunk, ref sink);
    }

    /// <summary>Ends what is pending here, whatever would follow. The rest of a line that is cut inside is marked as such.</summary>
    public void Cut<TSink>(ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        RequireOwned();
        EndPending(default, ref sink);
    }

    /// <summary>Ends what is pending at the end of the stream.</summary>
    public void Finish<TSink>(ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        RequireOwned();
        EndExtentEarly(ref sink);
        if (IsInsideLine)
        {
            _lines.Last.IsOpen = false;
            _lines.Last.IsUnterminated = true;
            Settle(default, ref sink);
        }

        EndPending(default, ref sink);
        State = default;
    }

    /// <summary>Adds an entry by the rule: as a line, or as the next part of one.</summary>
    private void Append<TSink>(in PendingLine line, ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        if (IsInsideLine)
        {
            ref PendingLine last = ref _lines.Last;
            bool fits = (long)last.TextLength + line.TextLength <= rule.MaxLineBytes || last.TextLength == 0;
            if (fits && !line.IsFormatError)
            {
                _lines.Extend(line, chunk);
            }
            else
            {
                CutLine(chunk, ref sink);
                _lines.Push(line);
            }
        }
        else
        {
            _lines.Push(line);
        }

        if (!IsInsideLine) Settle(chunk, ref sink);
    }

    /// <summary>Judges every complete line that has not been.</summary>
    private void Settle<TSink>(ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        while (_judged < _lines.Count && !_lines[_judged].IsOpen)
        {
            if (_judged == 0)
            {
                Begin(chunk, ref sink);
                continue;
            }

            switch (Judge(chunk, out TraceState next))
            {
                case LineVerdict.Undecided:
                    _trace = next;
                    _judged++;
                    break;
                case LineVerdict.Begins:
                    EndRecord(RecordFlags.None, default, chunk, ref sink);
                    break;
                case LineVerdict.Continues when !Fits(_judged + 1):
                    _lines.Merge(_judged, chunk);
                    EndRecord(RecordFlags.Truncated, LaneState.Cut(LaneState.AfterCutRecord, _trace), chunk, ref sink);
                    break;
                default:
                    _lines.Merge(_judged + 1, chunk);
                    _judged = 1;
                    _trace = next;
                    EndIfClosed(chunk, ref sink);
                    break;
            }
        }
    }

    /// <summary>Begins a record with the first line.</summary>
    private void Begin<TSink>(ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        ReadOnlySpan<byte> text = _lines.Text(0, chunk);
        _judged = 1;
        _flags = RecordFlags.None;
        if (State.Has(LaneState.InsideCutLine))
        {
            _flags = RecordFlags.Continued;
            _trace = State.Trace;
        }
        else if (State.Has(LaneState.AfterCutRecord) && !_lines[0].IsFormatError && rule.Next(State.Trace, text, out TraceState next) == LineVerdict.Continues)
        {
            _flags = RecordFlags.Continued;
            _trace = next;
        }
        else
        {
            _trace = rule.Begin(text);
        }

        if (_lines[0].IsFormatError) _trace = TraceState.Closed;
        EndIfClosed(chunk, ref sink);
    }

    /// <summary>What the next line is to the record and the undecided lines before it.</summary>
    private LineVerdict Judge(ReadOnlySpan<byte> chunk, out TraceState next)
    {
        ref PendingLine line = ref _lines[_judged];
        ref PendingLine before = ref _lines[_judged - 1];
        next = default;
        if (line.IsFormatError || IsGap(before.LastTimestamp, line.FirstTimestamp)) return LineVerdict.Begins;
        ReadOnlySpan<byte> text = _lines.Text(_judged, chunk);
        if (_trace == TraceState.Unread)
        {
            ReadOnlySpan<byte> first = _lines.Text(0, chunk);
            if (rule.SurelyBegins(first, text)) return LineVerdict.Begins;
            _trace = rule.Read(first);
        }

        LineVerdict verdict = rule.Next(_trace, text, out next);
        if (verdict != LineVerdict.Undecided) return verdict;
        return line.IsCut || _judged > rule.MaxUndecidedLines || !Fits(_judged + 1) ? LineVerdict.Begins : LineVerdict.Undecided;
    }

    private bool IsGap(long before, long after) =>
        before != LogEntry.NoTimestamp && after != LogEntry.NoTimestamp && after > before && (ulong)(after - before) > (ulong)_flushAfterNanos;

    /// <summary>The first lines are within the limits of one record.</summary>
    private bool Fits(int count)
    {
        long bytes = -1, lines = 0;
        for (int i = 0; i < count; i++)
        {
            bytes += 1 + _lines[i].TextLength;
            lines += _lines[i].LogicalLines;
        }

        return bytes <= rule.MaxBytes && lines <= rule.MaxLines;
    }

    private void EndIfClosed<TSink>(ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        if (_lines[0].IsCut)
        {
            TraceState trace = _trace == TraceState.Unread ? rule.Read(_lines.Text(0, chunk)) : _trace;
            EndRecord(RecordFlags.Truncated, LaneState.Cut(LaneState.InsideCutLine, trace), chunk, ref sink);
        }
        else if (_trace == TraceState.Closed)
        {
            EndRecord(RecordFlags.None, default, chunk, ref sink);
        }
    }

    /// <summary>Hands the record on; the lines behind it have to be judged anew, from <paramref name="state"/>.</summary>
    private void EndRecord<TSink>(RecordFlags flags, LaneState state, ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        Accept(flags, chunk, ref sink);
        _lines.RemoveFirst();
        _judged = 0;
        State = state;
    }

    private void Accept<TSink>(RecordFlags flags, ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        ref PendingLine line = ref _lines[0];
        flags |= _flags;
        if (line.IsFormatError) flags |= RecordFlags.FormatError;
        if (line.IsUnterminated) flags |= RecordFlags.Unterminated;
        sink.Accept(new JoinedRecord
        {
            Start = line.Start,
            SourceLengthBytes = line.SourceLengthBytes,
            SubStream = line.SubStream,
            TimestampNanos = line.FirstTimestamp,
            Flags = flags,
            Lines = line.PhysicalLines,
            Text = _lines.Text(0, chunk),
        });
    }

    /// <summary>Ends the line whose parts are still coming, and with it everything pending.</summary>
    private void CutLine<TSink>(ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        _lines.Last.IsOpen = false;
        _lines.Last.IsCut = true;
        Settle(chunk, ref sink);
    }

    private void EndPending<TSink>(ReadOnlySpan<byte> chunk, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        LeaveExtent(chunk, ref sink);
        if (IsInsideLine) CutLine(chunk, ref sink);
        while (_lines.Count > 0)
        {
            EndRecord(RecordFlags.None, default, chunk, ref sink);
            Settle(chunk, ref sink);
        }
    }

    private void RequireOwned()
    {
        if (_lines.NeedsChunk) throw new InvalidOperationException("The chunk has to be ended before what is pending is.");
    }
}
