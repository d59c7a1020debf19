using System.Text.Json;

namespace LogPipeline.Configuration.Values;

/// <summary>Bytes; see <see cref="ByteSize"/>.</summary>
public sealed class SizeKind(long min, long max) : BoundedKind<long>(min, max)
{
    protected override string Noun => "a size";

    protected override string Form => "a number with B, KiB, MiB, GiB, TiB, KB, MB, GB or TB";

    public override string Format(long value) => ByteSize.Format(value);

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("type");
        writer.WriteStringValue("string");
        writer.WriteStringValue("integer");
        writer.WriteEndArray();
        writer.WriteString("pattern", "^[0-9]+(\\.[0-9]+)? *([KMGT]i?B|B)?$");
        writer.WriteNumber("minimum", Min);
        writer.WriteNumber("maximum", Max);
    }

    protected override bool TryRead(string text, out long value) => ByteSize.TryParse(text, out value);
}
