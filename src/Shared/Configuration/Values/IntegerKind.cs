using System.Globalization;
using System.Text.Json;

namespace LogPipeline.Configuration.Values;

/// <summary>Whole numbers.</summary>
public sealed class IntegerKind(int min, int max) : BoundedKind<int>(min, max)
{
    protected override string Noun => "a whole number";

    protected override string Form => "digits only";

    public override string Format(int value) => value.ToString(CultureInfo.InvariantCulture);

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "integer");
        writer.WriteNumber("minimum", Min);
        writer.WriteNumber("maximum", Max);
    }

    protected override bool TryRead(string text, out int value)
    {
        // A number past Int32 is a whole number all the same: what is wrong with it is the bound.
        bool whole = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long wide);
        value = (int)Math.Clamp(wide, int.MinValue, int.MaxValue);
        return whole;
    }
}
