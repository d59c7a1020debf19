using LogPipeline.Local.Store.Files;

namespace LogPipeline.Local.Store.Search;

/// <summary>A document that may be in the answer: where it lies, and what it is ordered by.</summary>
/// <param name="Source">Position of its index among those searched.</param>
/// <param name="Segment">Its segment.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Values">One for each sort key.</param>
internal sealed record Hit(int Source, Segment Segment, long Sequence, SortValue[] Values);
