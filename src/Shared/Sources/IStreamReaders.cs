namespace LogPipeline.Sources;

/// <summary>Whoever reads streams: is told which exist and which were written to, on any thread.</summary>
public interface IStreamReaders
{
    /// <summary>A stream was discovered, or its files have changed.</summary>
    void Sync(DiscoveredStream stream);

    /// <summary>Files of the streams were written to. Calls do not overlap, and nothing else that was written to is told of before one returns.</summary>
    void Touch(ReadOnlySpan<string> streamKeys);
}
