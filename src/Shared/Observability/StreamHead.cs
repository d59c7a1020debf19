namespace LogPipeline.Observability;

/// <summary>How far a stream is behind its writer.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Tenant">Whose it is; empty while that is not known.</param>
/// <param name="File">Number of its newest file; another file has another number.</param>
/// <param name="SizeBytes">Bytes on disk of that file.</param>
/// <param name="BacklogBytes">Bytes of all its files that are not durable.</param>
public readonly record struct StreamHead(string Stream, string Tenant, long File, long SizeBytes, long BacklogBytes);
