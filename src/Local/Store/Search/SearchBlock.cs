using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Search;

/// <summary>A block to look at.</summary>
/// <param name="Source">Position of its index among those searched.</param>
/// <param name="Segment">Where it lies.</param>
/// <param name="Block">The block.</param>
/// <param name="Match">What its summary says; never none.</param>
/// <param name="IsOrdered">The blocks are looked at in the order of the hits: once this one cannot hold a hit, none after it can.</param>
internal readonly record struct SearchBlock(int Source, Segment Segment, SegmentBlock Block, BlockMatch Match, bool IsOrdered);
