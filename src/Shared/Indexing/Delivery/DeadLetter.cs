namespace LogPipeline.Indexing.Delivery;

/// <summary>A dead letter to write.</summary>
/// <param name="Item">The refused document's index in its body.</param>
/// <param name="Reason">Why it is refused.</param>
/// <param name="Suffixed">The id gets a hash of the content behind it, as the bare id is another record's.</param>
public sealed record DeadLetter(int Item, DeadLetterReason Reason, bool Suffixed)
{
    /// <summary>A dead letter that does not even fit in this many parts waits for a person.</summary>
    public const int MaxParts = 1024;

    /// <summary>Which part of the document this is, from 0. Part 0 has the record's own id and is written last, so that who finds it knows that all are there.</summary>
    public int Part { get; init; }

    /// <summary>Parts of the document, when the store takes no request that is large enough for the whole; else 1.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>The same in twice as many parts, from the last one.</summary>
    public DeadLetter Split() => this with { Parts = Parts * 2, Part = (Parts * 2) - 1 };

    /// <summary>The next part to write.</summary>
    public DeadLetter Next() => this with { Part = Part - 1 };
}
