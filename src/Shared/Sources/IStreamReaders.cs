namespace LogPipeline.Sources;

/// <summary>Whoever reads streams: is told which exist and which were written to, on any thread.</summary>
public interface IStreamReaders
{
    /// <summary>A stream was discovered, or its files have changed.</summary>
    void Sync(DiscoveredStream stream);

    /// <summary>A file of the stream was written to.</summary>
    void Touch(string streamKey);
}
