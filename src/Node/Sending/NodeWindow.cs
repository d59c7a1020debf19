namespace LogPipeline.Node.Sending;

/// <summary>
/// The bytes that all streams of a node have under way, not yet in an aggregator's memory. It bounds what waits in the node's memory and, where chunks go through
/// the engine, what heartbeats wait behind. A stream with nothing under way may always send one chunk: an aggregator that does not answer must not stop the
/// streams of the others. Safe from any thread.
/// </summary>
public sealed class NodeWindow(long maxBytes)
{
    private long _bytes;

    /// <summary>Called on any thread when there is more room than before.</summary>
    public event Action? Widened;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Whether a stream that has so many bytes under way itself may send another chunk.</summary>
    public bool MaySend(long ownBytes) => ownBytes == 0 || Bytes < maxBytes;

    /// <summary>What one stream has under way has changed by so much.</summary>
    public void Add(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        if (bytes < 0) Widened?.Invoke();
    }
}
