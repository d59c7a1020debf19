namespace LogPipeline.Local.Store.Totals;

/// <summary>Which piece of which log file a document is. Borrowed from its source.</summary>
/// <param name="fileId">Empty when the document does not say it in a form that can be summed up.</param>
/// <param name="range">Number of the range in which it begins, counted from the file's first.</param>
/// <param name="bytes">Bytes of log.</param>
internal readonly ref struct DocumentExtent(ReadOnlySpan<byte> fileId, int range, long bytes)
{
    public ReadOnlySpan<byte> FileId { get; } = fileId;

    public int Range { get; } = range;

    public long Bytes { get; } = bytes;

    public bool IsKnown => FileId.Length > 0;
}
