namespace LogPipeline.Tests.Storing;

/// <summary>What the model store does wrong, and how often. Rates are per request, of <c>_bulk</c> and <c>_mget</c> alike where both can show it.</summary>
internal sealed class StoreFaults(int seed)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);

    /// <summary>Every fault below but <see cref="Authorization"/>, <see cref="Garbage"/> and <see cref="Refuses"/>, at once.</summary>
    public bool Unreliable { get; init; }

    /// <summary>What a request must bring; without it the answer is 401. Null: anything goes.</summary>
    public string? Authorization { get; set; }

    /// <summary>Answers are not those of a store.</summary>
    public bool Garbage { get; set; }

    /// <summary>One document in ten cannot be mapped: the same ones at each attempt.</summary>
    public bool Refuses { get; init; }

    /// <summary>A tenant whose indices take nothing, as when an administrator has blocked them or their disk is full; null: none.</summary>
    public string? BlockedTenant { get; set; }

    /// <summary>How long every answer takes, without any fault.</summary>
    public TimeSpan AnswersAfter { get; init; }

    /// <summary>What becomes of a request as a whole.</summary>
    public RequestFault NextRequest()
    {
        if (!Unreliable) return RequestFault.None;
        return Next(100) switch
        {
            < 3 => RequestFault.TooManyRequests,
            < 6 => RequestFault.Unavailable,
            < 8 => RequestFault.CloseBefore,
            < 12 => RequestFault.CloseAfter,
            < 15 => RequestFault.DropItem,
            < 18 => RequestFault.CutAnswer,
            < 30 => RequestFault.SomeItems,
            _ => RequestFault.None,
        };
    }

    /// <summary>The status of one item of a request with <see cref="RequestFault.SomeItems"/>; 0 for none of its own.</summary>
    public int NextItem() => Next(5) switch { 0 => 429, 1 => 503, _ => 0 };

    /// <summary>How long the answer takes.</summary>
    public TimeSpan NextDelay() => Unreliable && Next(3) == 0 ? TimeSpan.FromMilliseconds(1 + Next(30)) : AnswersAfter;

    public bool Refused(string index, string id) => Refuses && !index.StartsWith("deadletter-", StringComparison.Ordinal) && id.Aggregate(17u, (hash, character) => (hash * 31) + character) % 10 == 0;

    public bool Blocked(string index) => BlockedTenant is { } tenant && index.StartsWith($"logs-{tenant}-", StringComparison.Ordinal);

    public bool NextBool() => Next(2) == 0;

    public int Next(int limit)
    {
        lock (_lock) return _random.Next(limit);
    }
}
