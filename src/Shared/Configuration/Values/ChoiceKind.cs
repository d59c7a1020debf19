using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace LogPipeline.Configuration.Values;

/// <summary>One of a few words.</summary>
public sealed class ChoiceKind(params string[] choices) : ValueKind<string>
{
    public IReadOnlyList<string> Choices { get; } = choices;

    public override string Expected => "one of " + string.Join(", ", Choices);

    public override bool TryParse(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? problem)
    {
        value = text;
        problem = null;
        if (Choices.Contains(text)) return true;
        string? nearest = NearestName.Find(text, Choices);
        problem = $"{Quoted.Text(text)} is none of {string.Join(", ", Choices)}" + (nearest is null ? "" : $"; did you mean {nearest}?");
        return false;
    }

    public override string Format(string value) => value;

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("enum");
        foreach (string choice in Choices) writer.WriteStringValue(choice);
        writer.WriteEndArray();
    }
}
