using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace LogPipeline.Configuration.Values;

/// <summary><c>true</c> or <c>false</c>; not the <c>yes</c>, <c>no</c>, <c>on</c> and <c>off</c> of older YAML.</summary>
public sealed class BooleanKind : ValueKind<bool>
{
    public override string Expected => "true or false";

    public override bool TryParse(string text, out bool value, [NotNullWhen(false)] out string? problem)
    {
        value = text is "true";
        problem = text is "true" or "false" ? null : $"{Quoted.Text(text)} is neither true nor false";
        return problem is null;
    }

    public override string Format(bool value) => value ? "true" : "false";

    public override void WriteSchema(Utf8JsonWriter writer) => writer.WriteString("type", "boolean");
}
