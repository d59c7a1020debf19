namespace LogPipeline.Configuration;

/// <summary>How documents travel to the store.</summary>
public sealed class IndexingOptions
{
    /// <summary>Name of the concrete index: <c>{tenant}</c>, <c>{namespace}</c> and <c>{day}</c> (<c>yyyy.MM.dd</c> of the runtime's timestamp, UTC).</summary>
    public string Index { get; set; } = "logs-{tenant}-{day}";

    /// <summary>Bytes at which a request is closed. 64 KiB to 64 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 4 << 20;

    /// <summary>Age at which a request is closed while others of its tenant are under way; at once when none is. 1 ms to 1 min.</summary>
    public TimeSpan MaxBodyAge { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes of documents in memory, open or under way, over all tenants. At least four times <see cref="MaxBodyBytes"/>.</summary>
    public long MaxInFlightBytes { get; set; } = 32 << 20;

    /// <summary>Requests at once to one endpoint; the adaptive limit moves between 1 and this. 1 to 64.</summary>
    public int MaxConcurrency { get; set; } = 8;

    /// <summary>Time of one request before it counts as unanswered. 1 s to 10 min.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>The longest pause between two attempts. 100 ms to 10 min.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(30);
}
