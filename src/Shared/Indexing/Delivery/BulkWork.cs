namespace LogPipeline.Indexing.Delivery;

/// <summary>One request to make for some documents of a body, and what earlier attempts of it have shown. A value: the next attempt is a new one.</summary>
public sealed record BulkWork
{
    public required BodyDelivery Delivery { get; init; }

    public required WorkKind Kind { get; init; }

    /// <summary>Indices of the documents in the body, ascending; null means all.</summary>
    public int[]? Items { get; init; }

    /// <summary>Attempts made.</summary>
    public int Attempts { get; init; }

    /// <summary>How often the connection was closed on these documents without an answer, each time after the endpoint had answered another request.</summary>
    public int Closures { get; init; }

    /// <summary>How often these documents had no answer in time or one that could not be read.</summary>
    public int Doubts { get; init; }

    public int Count => Items?.Length ?? Delivery.Body.ItemCount;

    /// <summary>The server may die of one of these documents: the endpoint is asked for a sign of life first, and no other suspect is under way meanwhile.</summary>
    public bool IsSuspect => Closures > 0;

    public int Item(int position) => Items is null ? position : Items[position];

    /// <summary>Bytes of a <c>_bulk</c> request for these documents.</summary>
    public long RequestBytes()
    {
        if (Items is null) return Delivery.Body.Length;
        long bytes = 0;
        foreach (int item in Items) bytes += Delivery.Body.Items[item].ActionLength + Delivery.Body.Items[item].SourceLength;
        return bytes;
    }

    /// <summary>The next attempt for these documents only.</summary>
    public BulkWork Again(int[]? items) => this with { Items = items, Attempts = Attempts + 1 };

    /// <summary>Another request for these documents, as a first attempt.</summary>
    public BulkWork Other(WorkKind kind, int[]? items) => new() { Delivery = Delivery, Kind = kind, Items = items };

    /// <summary>The two halves, in order. Only for more than one document.</summary>
    public (BulkWork First, BulkWork Second) Halve()
    {
        int[] items = Items ?? [.. Enumerable.Range(0, Count)];
        return (this with { Items = items[..(items.Length / 2)] }, this with { Items = items[(items.Length / 2)..] });
    }
}
