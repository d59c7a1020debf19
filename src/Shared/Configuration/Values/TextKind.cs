using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace LogPipeline.Configuration.Values;

/// <summary>Text that a check accepts.</summary>
/// <param name="expected">What is allowed, in words; see <see cref="Expected"/>.</param>
/// <param name="check">What is wrong with a text, in words that name it; null when nothing is.</param>
public sealed class TextKind(string expected, Func<string, string?> check) : ValueKind<string>
{
    public override string Expected { get; } = expected;

    public override bool TryParse(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? problem)
    {
        value = text;
        problem = check(text);
        return problem is null;
    }

    public override string Format(string value) => value;

    public override void WriteSchema(Utf8JsonWriter writer) => writer.WriteString("type", "string");
}
