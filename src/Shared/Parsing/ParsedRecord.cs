namespace LogPipeline.Parsing;

/// <summary>What a parser found in a record's text. Borrowed: <see cref="FieldsJson"/> is valid until the parser's next call, and as long as the text is.</summary>
public ref struct ParsedRecord
{
    public Severity Severity;

    /// <summary>A JSON object on one line, safe to embed in a bulk body (checked: UTF-8, no duplicate keys, no raw line end, bounded depth); empty when there is none.</summary>
    public ReadOnlySpan<byte> FieldsJson;

    /// <summary>The parser was asked for a form that the text does not have; the text is kept as it is, marked <c>parse_error</c>.</summary>
    public bool Failed;
}
