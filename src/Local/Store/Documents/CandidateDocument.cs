using System.Text.Json;
using LogPipeline.Local.Store.Files;

namespace LogPipeline.Local.Store.Documents;

/// <summary>
/// A document that a query looks at, in a decompressed block; its fields are read when they are first asked for. One instance is moved
/// from document to document. Not thread-safe.
/// </summary>
internal sealed class CandidateDocument
{
    private readonly DocumentFields _fields = new();
    private byte[] _raw = [];
    private byte[] _scratch = new byte[1024];
    private int _idStart, _idLength, _sourceStart, _sourceLength;
    private bool _isRead;

    public long Sequence { get; private set; }

    public int Version { get; private set; }

    /// <summary>How many documents it stands for: 1, or those of a block's totals.</summary>
    public int Weight { get; private set; } = 1;

    public ReadOnlySpan<byte> Id => _raw.AsSpan(_idStart, _idLength);

    public ReadOnlySpan<byte> Source => _raw.AsSpan(_sourceStart, _sourceLength);

    public ReadOnlySpan<JsonField> Fields
    {
        get
        {
            if (!_isRead)
            {
                _fields.ReadStored(Source);
                _isRead = true;
            }

            return _fields.Fields;
        }
    }

    public void MoveTo(byte[] raw, in BlockRecords record, long sequence)
    {
        _raw = raw;
        _idStart = record.IdStart;
        _idLength = record.IdLength;
        _sourceStart = record.SourceStart;
        _sourceLength = record.SourceLength;
        Sequence = sequence;
        Version = record.Version;
        _isRead = false;
    }

    /// <summary>A source that stands for <paramref name="weight"/> documents.</summary>
    public void MoveTo(byte[] source, int length, int weight)
    {
        (_raw, _sourceStart, _sourceLength, Weight) = (source, 0, length, weight);
        _isRead = false;
    }

    /// <summary>A leaf's value as text: a string without its escapes, anything else as it is written. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Value(in JsonField field)
    {
        ReadOnlySpan<byte> value = Source.Slice(field.Start, field.Length);
        if (!field.IsEscaped) return value;
        if (_scratch.Length < value.Length) _scratch = new byte[value.Length * 2];
        return _scratch.AsSpan(0, JsonText.Unescape(value, _scratch));
    }

    /// <summary>Whether a field lies somewhere below an object.</summary>
    public bool IsBelow(in JsonField field, ulong path)
    {
        ReadOnlySpan<JsonField> fields = Fields;
        for (int parent = field.Parent; parent >= 0; parent = fields[parent].Parent)
        {
            if (fields[parent].Path == path) return true;
        }

        return false;
    }

    /// <summary>The first leaf of a path that is not null; false when there is none.</summary>
    public bool TryGetFirst(ulong path, out JsonField found)
    {
        foreach (ref readonly JsonField field in Fields)
        {
            if (field.Path != path || field.Type is JsonTokenType.Null or JsonTokenType.StartObject) continue;
            found = field;
            return true;
        }

        found = default;
        return false;
    }
}
