using System.Buffers;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files.Ids;
using LogPipeline.Local.Store.Totals;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// Collects documents into blocks and the blocks into one run of bytes to be written at once. Used by one writer at a time; its
/// buffers grow to what one group of requests needs and are given back with <see cref="Reset"/>.
/// </summary>
internal sealed class BlockBuilder
{
    /// <summary>Values of one keyword field that a block's summary keeps.</summary>
    private const int MaxValuesPerField = 24;

    private readonly ArrayBufferWriter _raw = new();
    private readonly ArrayBufferWriter _output = new();
    private readonly List<uint> _values = [];
    private readonly List<uint> _manyValued = [];
    private readonly List<(uint Field, int Values)> _fields = [];
    private readonly TotalsBuilder _totals = new();
    private long _minTimestamp = long.MaxValue, _maxTimestamp = long.MinValue, _firstSequence;
    private int _documents;

    /// <summary>The blocks sealed since <see cref="Reset"/>, with their place in <see cref="Output"/>.</summary>
    public List<(BlockFrame Frame, int Offset)> Blocks { get; } = [];

    public ReadOnlyMemory<byte> Output => _output.Written;

    /// <summary>Forgets the sealed blocks, which the caller has written; the open one stays.</summary>
    public void TakeOutput()
    {
        _output.Clear();
        Blocks.Clear();
    }

    public void Reset()
    {
        _raw.Release();
        _output.Release();
        Blocks.Clear();
        ClearBlock();
    }

    /// <param name="id">The document's id.</param>
    /// <param name="source">Its source.</param>
    /// <param name="version">1, or more when it replaces the document with sequence number <paramref name="replaced"/>.</param>
    /// <param name="replaced">-1 when it replaces none.</param>
    /// <param name="sequence">Its sequence number: one more than that of the document added before.</param>
    /// <param name="timestamp"><c>@timestamp</c> in nanoseconds, or <see cref="Timestamps.None"/>.</param>
    /// <param name="keywords">Pairs of <see cref="IdHash.OfField"/> and <see cref="IdHash.OfFieldValue"/>, or 0 for a value that is not summarised.</param>
    /// <param name="extent">Which piece of which log file it is.</param>
    public void Add(ReadOnlySpan<byte> id, ReadOnlySpan<byte> source, int version, long replaced, long sequence, long timestamp, ReadOnlySpan<uint> keywords, DocumentExtent extent)
    {
        int length = BlockRecords.LengthOf(id.Length, source.Length, version);
        if (_documents > 0 && _raw.Written.Length + length > BlockFrame.TargetRawLength) SealBlock();
        if (_documents++ == 0) _firstSequence = sequence;
        BlockRecords.Write(_raw.GetSpan(length), id, source, version, replaced);
        _raw.Advance(length);
        _minTimestamp = Math.Min(_minTimestamp, timestamp);
        _maxTimestamp = Math.Max(_maxTimestamp, timestamp);
        for (int i = 0; i + 1 < keywords.Length; i += 2) AddKeyword(keywords[i], keywords[i + 1]);
        _totals.Add(extent);
    }

    /// <summary>Adds the documents of a block as they are, together with those added before when both fit into one block and follow each other.</summary>
    public void AddBlock(BlockSummary summary, ReadOnlySpan<byte> raw)
    {
        if (_documents > 0 && (_raw.Written.Length + raw.Length > BlockFrame.TargetRawLength || _firstSequence + _documents != summary.FirstSequence)) SealBlock();
        if (_documents == 0) _firstSequence = summary.FirstSequence;
        _documents += summary.DocumentCount;
        raw.CopyTo(_raw.GetSpan(raw.Length));
        _raw.Advance(raw.Length);
        _minTimestamp = Math.Min(_minTimestamp, summary.MinTimestamp);
        _maxTimestamp = Math.Max(_maxTimestamp, summary.MaxTimestamp);
        _totals.AddBlock(summary.Totals);
        foreach (uint field in summary.ManyValued)
        {
            if (!_manyValued.Contains(field)) _manyValued.Add(field);
        }

        foreach (uint value in summary.Values)
        {
            if (!_values.Contains(value)) _values.Add(value);
        }
    }

    /// <summary>Ends the open block, if it has documents.</summary>
    public void SealBlock()
    {
        if (_documents == 0) return;
        if (_values.Count > ushort.MaxValue || _manyValued.Count > ushort.MaxValue) throw new InvalidOperationException("A block's summary has more hashes than its header can count.");
        var summary = new BlockSummary(_documents, _firstSequence, _minTimestamp, _maxTimestamp, [.. _values], [.. _manyValued], _totals.Take());
        ReadOnlySpan<byte> raw = _raw.Written.Span;
        int offset = _output.Written.Length;
        BlockFrame frame = BlockFrame.Write(raw, summary, _output.GetSpan(BlockFrame.MaxLength(raw.Length, summary)));
        _output.Advance(frame.Length);
        Blocks.Add((frame, offset));
        ClearBlock();
    }

    private void AddKeyword(uint field, uint value)
    {
        if (value == 0)
        {
            if (!_manyValued.Contains(field)) _manyValued.Add(field);
            return;
        }

        if (_values.Contains(value)) return;
        int index = _fields.FindIndex(known => known.Field == field);
        if (index < 0)
        {
            _fields.Add((field, 1));
        }
        else
        {
            int values = _fields[index].Values;
            if (values > MaxValuesPerField) return;
            _fields[index] = (field, values + 1);
            if (values == MaxValuesPerField)
            {
                if (!_manyValued.Contains(field)) _manyValued.Add(field);
                return;
            }
        }

        _values.Add(value);
    }

    private void ClearBlock()
    {
        _raw.Clear();
        _values.Clear();
        _manyValued.Clear();
        _fields.Clear();
        _totals.Clear();
        _documents = 0;
        _minTimestamp = long.MaxValue;
        _maxTimestamp = long.MinValue;
    }

    /// <summary>A growing array of the shared pool.</summary>
    private sealed class ArrayBufferWriter
    {
        private byte[] _buffer = [];
        private int _length;

        public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

        public void Clear() => _length = 0;

        public void Release()
        {
            if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _length = 0;
        }

        public Span<byte> GetSpan(int length)
        {
            if (_buffer.Length - _length < length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + length, Math.Min(_buffer.Length * 2, 1 << 30)));
                _buffer.AsSpan(0, _length).CopyTo(larger);
                if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = larger;
            }

            return _buffer.AsSpan(_length);
        }

        public void Advance(int count) => _length += count;
    }
}
