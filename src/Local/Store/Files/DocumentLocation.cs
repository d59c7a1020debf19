namespace LogPipeline.Local.Store.Files;

/// <summary>Where a document lies: the segment, and its sequence number in the index.</summary>
internal readonly record struct DocumentLocation(Segment Segment, long Sequence, int Version);
