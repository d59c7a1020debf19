namespace LogPipeline.Node.Sending;

/// <summary>A sum that several actors add their differences to. Safe from any thread.</summary>
public sealed class ByteGauge
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
