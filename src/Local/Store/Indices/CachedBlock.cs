using System.Buffers;

namespace LogPipeline.Local.Store.Indices;

/// <summary>A decompressed block in a pooled array. Its cache holds one reference, each reader another until it disposes the block; the array goes back with the last.</summary>
internal sealed class CachedBlock(byte[] rented, int length) : IDisposable
{
    private int _references = 1;

    /// <summary>The documents' records; shared, not to be written to, and gone after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Raw => rented.AsSpan(0, length);

    public int Length => length;

    /// <summary>One more reader. Called under the cache's lock, while the cache holds its own reference.</summary>
    public void Retain() => Interlocked.Increment(ref _references);

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) == 0) ArrayPool<byte>.Shared.Return(rented);
    }
}
