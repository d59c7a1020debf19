using LogPipeline.Configuration;
using LogPipeline.Parsing.Json;

namespace LogPipeline.Parsing;

/// <summary>Takes a record's text as a JSON object; anything else has failed (its severity is still looked for).</summary>
public sealed class JsonParser(ParsingOptions options) : IRecordParser
{
    private readonly JsonObjectReader _reader = new(options.MaxDepth);

    public void Parse(ReadOnlySpan<byte> text, out ParsedRecord parsed)
    {
        parsed = default;
        JsonVerdict verdict = JsonVerdict.NotAnObject;
        if (JsonObjectReader.LooksLikeObject(text)) verdict = _reader.Read(text, out parsed.FieldsJson, out parsed.Severity);
        parsed.Failed = verdict != JsonVerdict.Object;
        if (verdict == JsonVerdict.NotAnObject) parsed.Severity = SeverityText.Find(text);
    }
}
