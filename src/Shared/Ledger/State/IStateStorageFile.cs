namespace LogPipeline.Ledger.State;

/// <summary>A file that is open to append to. One user at a time. Every failure is an <see cref="IOException"/>.</summary>
public interface IStateStorageFile : IDisposable
{
    /// <summary>
    /// Writes at the end. Not durable before <see cref="Sync"/>. After an exception any first part of the bytes may be in the file: call
    /// <see cref="Truncate"/> before appending again.
    /// </summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Returns when everything written and cut is on the disk. After an exception the bytes written since the last success may be read back
    /// and yet never reach the disk, whatever a later call says (Linux marks pages clean when writing them fails): abandon the file.
    /// </summary>
    void Sync();

    /// <summary>Cuts the file to its first bytes; what is appended next goes there. Not durable before <see cref="Sync"/>.</summary>
    void Truncate(long lengthBytes);
}
