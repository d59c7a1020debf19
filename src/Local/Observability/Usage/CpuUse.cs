namespace LogPipeline.Local.Observability.Usage;

/// <summary>CPU seconds of the process by what they were spent on.</summary>
/// <param name="Start">Until the first file could be read: the runtime, the configuration, the first look at the files.</param>
/// <param name="Read">Reading files.</param>
/// <param name="Encode">From lines to documents.</param>
/// <param name="Send">The threads that send and receive, without <paramref name="Receive"/>: HTTP, and the kernel's copies into the socket.</param>
/// <param name="Receive">Reading the store's answers and settling what they say.</param>
/// <param name="Other">The rest: the ledger, discovery, the page, the embedded store.</param>
public readonly record struct CpuUse(double Start, double Read, double Encode, double Send, double Receive, double Other)
{
    public double Total => Start + Read + Encode + Send + Receive + Other;

    /// <summary>Each step by its name in metrics.</summary>
    public IReadOnlyList<(string Step, double Seconds)> Steps => [("start", Start), ("read", Read), ("encode", Encode), ("send", Send), ("receive", Receive), ("other", Other)];
}
