namespace LogPipeline.Joining;

/// <summary>Takes finished records, in the order of their sub-stream. Implemented by structs, so that the call is direct.</summary>
public interface IRecordSink
{
    /// <summary>Takes one record. Its text is borrowed: valid until this returns.</summary>
    void Accept(in JoinedRecord record);
}
