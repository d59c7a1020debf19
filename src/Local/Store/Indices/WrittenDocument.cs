using LogPipeline.Local.Store.Files.Ids;

namespace LogPipeline.Local.Store.Indices;

/// <summary>A document of a group that is being written; <see cref="Replaced"/> is -1 when it replaces none.</summary>
internal readonly record struct WrittenDocument(ulong IdHash, long Sequence, long Replaced, int Version, IngestBatch Batch, int Position);
