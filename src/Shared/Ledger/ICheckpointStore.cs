using LogPipeline.Ledger.Journal;
using LogPipeline.Tailing;

namespace LogPipeline.Ledger;

/// <summary>Where checkpoints are kept: a map from file identities to opaque values, in memory and durable.</summary>
public interface ICheckpointStore
{
    /// <summary>Nothing can be appended.</summary>
    bool IsReadOnly { get; }

    /// <summary>Ascends with every batch, over all lives of the process.</summary>
    long Sequence { get; }

    /// <summary>The value of a key, never changed afterwards; false when there is none.</summary>
    bool TryGet(FileId key, out ReadOnlyMemory<byte> value);

    /// <summary>All keys and values, unordered.</summary>
    KeyValuePair<FileId, ReadOnlyMemory<byte>>[] ToArray();

    /// <summary>Makes a batch durable and applies it, whole or not at all. Throws <see cref="IOException"/> when that cannot be; nothing has changed then.</summary>
    void Append(JournalBatch batch);
}
