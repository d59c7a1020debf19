using System.Text.Json;

namespace LogPipeline.Configuration.Values;

/// <summary>Spans of time; see <see cref="Duration"/>.</summary>
public sealed class DurationKind(TimeSpan min, TimeSpan max) : BoundedKind<TimeSpan>(min, max)
{
    protected override string Noun => "a duration";

    protected override string Form => "a number with ms, s, m, h or d";

    public override string Format(TimeSpan value) => Duration.Format(value);

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("type");
        writer.WriteStringValue("string");
        writer.WriteStringValue("integer");
        writer.WriteEndArray();
        writer.WriteString("pattern", "^(0|([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+)$");
        writer.WriteNumber("maximum", 0);
        writer.WriteNumber("minimum", 0);
    }

    protected override bool TryRead(string text, out TimeSpan value) => Duration.TryParse(text, out value);
}
