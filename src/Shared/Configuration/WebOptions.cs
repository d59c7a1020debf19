namespace LogPipeline.Configuration;

/// <summary>The page, the metrics and the embedded store's address.</summary>
public sealed class WebOptions
{
    /// <summary><c>ADDRESS:PORT</c>. Loopback unless told otherwise.</summary>
    public string Listen { get; set; } = "127.0.0.1:5080";

    /// <summary>Serve the page and its search, not the metrics and probes alone.</summary>
    public bool Page { get; set; } = true;
}
