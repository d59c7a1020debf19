using System.Diagnostics.CodeAnalysis;

namespace LogPipeline.Configuration.Values;

/// <summary>Values with an order, a least and a greatest.</summary>
public abstract class BoundedKind<T>(T min, T max) : ValueKind<T>
    where T : IComparable<T>
{
    public T Min { get; } = min;

    public T Max { get; } = max;

    public override string Expected => $"{Noun} from {Format(Min)} to {Format(Max)}";

    /// <summary>What the values are, with its article: <c>a size</c>.</summary>
    protected abstract string Noun { get; }

    /// <summary>How such a value is written, for who wrote something else.</summary>
    protected abstract string Form { get; }

    public sealed override bool TryParse(string text, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out string? problem)
    {
        if (!TryRead(text, out value))
        {
            problem = $"{Quoted.Text(text)} is not {Noun} ({Form})";
            return false;
        }
        problem = value.CompareTo(Min) < 0 ? $"{text} is below {Format(Min)}"
            : value.CompareTo(Max) > 0 ? $"{text} is above {Format(Max)}"
            : null;
        return problem is null;
    }

    protected abstract bool TryRead(string text, [MaybeNullWhen(false)] out T value);
}
