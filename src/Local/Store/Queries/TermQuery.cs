using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files.Ids;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Queries;

/// <summary><c>term</c> and <c>terms</c>: the field has one of these values, or, being text, one of these words.</summary>
internal sealed class TermQuery : FieldQuery
{
    private const int MaxSearchedValues = 8;

    private readonly TermValue[] _values;
    private readonly uint[] _hashes;
    private readonly HashSet<uint>? _hashSet;
    private readonly bool _ignoreCase, _canSearch;

    // Many values of a keyword are looked up, not compared one by one.
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>>? _set;

    public TermQuery(FieldReference field, TermValue[] values, bool ignoreCase = false)
        : base(field)
    {
        _values = values;
        _ignoreCase = ignoreCase;
        _hashes = [.. values.Select(value => IdHash.OfFieldValue(field.Path, value.Text))];
        if (_hashes.Length > MaxSearchedValues) _hashSet = [.. _hashes];
        if (field.Type is FieldType.Keyword or FieldType.FlatLeaf && !ignoreCase && values.Length > MaxSearchedValues)
            _set = new HashSet<byte[]>(values.Select(value => value.Text), ByteTextComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
        _canSearch = field.Type is FieldType.Keyword or FieldType.FlatLeaf && !ignoreCase && values.Length <= MaxSearchedValues && values.All(value => IsWrittenAsIs(value.Text));
    }

    /// <summary>The values of which a document must have one, as it is written, in a keyword field; null where that is not what this asks for.</summary>
    public (FieldReference Field, IEnumerable<byte[]> Values)? Required =>
        Field.Type == FieldType.Keyword && !Field.IsAll && !_ignoreCase ? (Field, _values.Select(value => value.Text)) : null;

    public override BlockMatch Check(BlockSummary block)
    {
        if (!Field.IsSummarised || _ignoreCase) return BlockMatch.Some;
        if (_hashSet is { } many) return block.MayHaveAny(Field.Path, many) ? BlockMatch.Some : BlockMatch.None;
        foreach (uint hash in _hashes)
        {
            if (block.MayHave(Field.Path, hash)) return BlockMatch.Some;
        }

        return BlockMatch.None;
    }

    public override bool IsDecidedBy(ulong path) => Field.IsSummarised && Field.Path == path;

    public override bool MayMatch(ReadOnlySpan<byte> source)
    {
        if (!_canSearch) return true;
        foreach (TermValue value in _values)
        {
            if (source.IndexOf(value.Text) >= 0) return true;
        }

        return false;
    }

    protected override bool MatchesValue(CandidateDocument document, in JsonField leaf)
    {
        ReadOnlySpan<byte> text = document.Value(leaf);
        if (_set is { } set) return set.Contains(text);
        foreach (TermValue value in _values)
        {
            if (Equals(text, leaf.Type, value)) return true;
        }

        return false;
    }

    private bool Equals(ReadOnlySpan<byte> text, JsonTokenType written, TermValue value)
    {
        switch (Field.Type)
        {
            case FieldType.Text:
                return HasWord(text, value.Text);
            case FieldType.Long or FieldType.Double:
                return value.EqualsNumber(text);
            case FieldType.Date or FieldType.DateNanos:
                return value.IsTime && Timestamps.TryParse(text, out long nanos) && nanos == value.Nanos;
            case FieldType.Dynamic when written == JsonTokenType.Number:
                return value.EqualsNumber(text);
            case FieldType.Dynamic when written == JsonTokenType.String:
                return Same(text, value.Text) || HasWord(text, value.Text);
            case FieldType.Disabled:
                return false;
            default:
                return Same(text, value.Text);
        }
    }

    /// <summary>Whether JSON can write a text in one way only, <c>\u</c> aside.</summary>
    private static bool IsWrittenAsIs(ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            if (value is < 0x20 or (byte)'"' or (byte)'\\' or (byte)'/') return false;
        }

        return text.Length > 0;
    }

    private bool Same(ReadOnlySpan<byte> text, ReadOnlySpan<byte> value) => _ignoreCase ? Analyzer.IsWord(text, value) : text.SequenceEqual(value);

    private static bool HasWord(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        var analyzer = new Analyzer(text);
        while (analyzer.MoveNext())
        {
            if (Analyzer.IsWord(analyzer.Current, word)) return true;
        }

        return false;
    }
}
