namespace LogPipeline.Indexing.Verdicts;

/// <summary>What a bulk answer says of one document; the error's place is valid as long as the answer's buffer.</summary>
public struct ItemAnswer
{
    /// <summary>The document's HTTP status; 0 when the answer has none.</summary>
    public int Status;

    /// <summary>Where the raw JSON of <c>error</c> starts in the answer.</summary>
    public int ErrorStart;

    /// <summary>Bytes of it; 0 without an error.</summary>
    public int ErrorLength;
}
