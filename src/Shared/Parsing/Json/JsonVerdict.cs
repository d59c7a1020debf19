namespace LogPipeline.Parsing.Json;

/// <summary>What a text is, taken as JSON.</summary>
internal enum JsonVerdict : byte
{
    Object,

    /// <summary>No JSON object, or with errors.</summary>
    NotAnObject,

    /// <summary>JSON that a store would refuse, or suffer from.</summary>
    BeyondLimit,
}
