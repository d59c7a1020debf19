using LogPipeline.Tailing;

namespace LogPipeline.Ledger.Audit;

/// <summary>A log file as it lies on disk now.</summary>
/// <param name="Path">Where.</param>
/// <param name="SizeBytes">Bytes on disk; of the compressed file when <paramref name="Compressed"/>.</param>
/// <param name="Compressed">A gzip sibling.</param>
/// <param name="File">Which file of the ledger it is; null when the ledger does not know it.</param>
public sealed record DiskFile(string Path, long SizeBytes, bool Compressed, FileId? File);
