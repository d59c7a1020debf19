namespace LogPipeline.Ledger.State;

/// <summary>A file that is open to read. One user at a time.</summary>
public interface IStateStorageReader : IDisposable
{
    /// <summary>Bytes in the file when it was opened.</summary>
    long LengthBytes { get; }

    /// <summary>Reads at an offset until <paramref name="destination"/> is full or the file ends; says how many bytes. Throws <see cref="IOException"/>.</summary>
    int Read(long offset, Span<byte> destination);
}
