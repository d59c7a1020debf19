using System.Diagnostics.CodeAnalysis;

namespace LogPipeline.Local.Search;

/// <summary>An answer, or why there is none. A default value is neither and is never returned.</summary>
public readonly struct SearchOutcome<T>
    where T : class
{
    private SearchOutcome(T? value, SearchFailure? failure)
    {
        Value = value;
        Failure = failure;
    }

    public T? Value { get; }

    public SearchFailure? Failure { get; }

    public static implicit operator SearchOutcome<T>(T value) => new(value, null);

    public static implicit operator SearchOutcome<T>(SearchFailure failure) => new(null, failure);

    /// <summary><c>false</c>: <paramref name="failure"/> says why there is no value.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out SearchFailure? failure)
    {
        value = Value;
        failure = Failure;
        return value is not null;
    }
}
