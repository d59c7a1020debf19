namespace LogPipeline.Tests.Writing;

/// <summary>What was written to one sub-stream, in order, over all its files.</summary>
internal sealed class WrittenLane
{
    public List<WrittenLine> Lines { get; } = [];

    /// <summary>Bytes in the files, prefixes and newlines included.</summary>
    public long Bytes { get; set; }
}
