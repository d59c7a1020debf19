using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace LogPipeline.Configuration.Values;

/// <summary>What a key's value may be: how its text is read, what is allowed, and how both are said to people and to editors.</summary>
public abstract class ValueKind<T>
{
    /// <summary>What is allowed, in words that follow "expected": <c>a size from 1KiB to 16MiB</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>Reads a value. On false, <paramref name="problem"/> is what is wrong, in words that name the value and the bound: <c>5GiB is above 64MiB</c>.</summary>
    public abstract bool TryParse(string text, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out string? problem);

    /// <summary>The text that <see cref="TryParse"/> reads as this value.</summary>
    public abstract string Format(T value);

    /// <summary>Writes the members of a JSON schema object that allows the same texts, as far as a schema can say.</summary>
    public abstract void WriteSchema(Utf8JsonWriter writer);
}
