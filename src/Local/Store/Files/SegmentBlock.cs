namespace LogPipeline.Local.Store.Files;

/// <summary>A block of a segment: where its frame begins in the file, and what the frame says.</summary>
internal readonly record struct SegmentBlock(long Offset, BlockFrame Frame)
{
    public BlockSummary Summary => Frame.Summary;
}
