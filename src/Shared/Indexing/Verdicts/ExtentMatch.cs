namespace LogPipeline.Indexing.Verdicts;

/// <summary>How a stored document compares with the record that has its id.</summary>
public enum ExtentMatch : byte
{
    /// <summary>The same record with the same extent.</summary>
    Same,

    /// <summary>The same record, stored with another length: the stored extent wins.</summary>
    OtherLength,

    /// <summary>Another record, or none of this pipeline's.</summary>
    OtherRecord,
}
