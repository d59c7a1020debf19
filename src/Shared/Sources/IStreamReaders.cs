namespace LogPipeline.Sources;

/// <summary>Whoever reads streams: is told which exist and which were written to, on any thread.</summary>
public interface IStreamReaders
{
    /// <summary>A stream was discovered, or its files have changed.</summary>
    void Sync(DiscoveredStream stream);

    /// <summary>Files of the streams were written to. Calls do not overlap; the thread may be used to read them, as nothing else is told meanwhile.</summary>
    void Touch(ReadOnlySpan<string> streamKeys);
}
