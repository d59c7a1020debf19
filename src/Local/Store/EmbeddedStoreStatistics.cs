namespace LogPipeline.Local.Store;

/// <summary>What the store holds and what became of what it no longer holds. Counters run since the store was opened.</summary>
/// <param name="Indices">Indices.</param>
/// <param name="Documents">Documents that can be found.</param>
/// <param name="Bytes">Bytes of the segments on disk.</param>
/// <param name="MaxBytes">The bound on <paramref name="Bytes"/>.</param>
/// <param name="ExpiredDocuments">Documents deleted because the store was over its bound of bytes or of age.</param>
/// <param name="ExpiredBytes">Bytes deleted with them.</param>
/// <param name="ExpiredSegments">Segments deleted with them.</param>
/// <param name="DamagedSegments">Segments set aside because of damage.</param>
/// <param name="DamagedBytes">Bytes in them that could not be read.</param>
public sealed record EmbeddedStoreStatistics(
    int Indices, long Documents, long Bytes, long MaxBytes, long ExpiredDocuments, long ExpiredBytes, long ExpiredSegments, long DamagedSegments, long DamagedBytes);
