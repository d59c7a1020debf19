using LogPipeline.Configuration;
using LogPipeline.Parsing.Json;

namespace LogPipeline.Parsing;

/// <summary>
/// Takes a record's text as JSON if it is an object; in any other it looks for a severity at its usual place (<see cref="SeverityText"/>).
/// A text that is an object but beyond a limit (<see cref="JsonObjectReader"/>) has no fields and counts as failed; one that only
/// resembles JSON is a text like any other.
/// </summary>
public sealed class AutoParser(ParsingOptions options) : IRecordParser
{
    private readonly JsonObjectReader _reader = new(options.MaxDepth);

    public void Parse(ReadOnlySpan<byte> text, out ParsedRecord parsed)
    {
        parsed = default;
        if (JsonObjectReader.LooksLikeObject(text))
        {
            JsonVerdict verdict = _reader.Read(text, out parsed.FieldsJson, out parsed.Severity);
            parsed.Failed = verdict == JsonVerdict.BeyondLimit;
            if (verdict != JsonVerdict.NotAnObject) return;
            parsed.Severity = Severity.Unspecified;
        }

        parsed.Severity = SeverityText.Find(text);
    }
}
