namespace LogPipeline.Tests.Judging;

/// <summary>How what is stored may differ from what was written; each is counted on its own.</summary>
internal enum DifferenceKind
{
    /// <summary>Lines written that nothing stored holds.</summary>
    Lost,

    /// <summary>Lines stored more often than written, and documents that are in two indices.</summary>
    Doubled,

    /// <summary>Records that begin within the record before them of the same sub-stream and file.</summary>
    Overlapping,

    /// <summary>Lines stored that nobody wrote.</summary>
    WrongText,

    /// <summary>Lines that stand before or behind where they were written, by <c>log.sequence</c>.</summary>
    WrongOrder,

    /// <summary>Documents of another tenant than the writer's.</summary>
    WrongTenant,

    /// <summary>Documents that do not have the runtime's stamp of their first line.</summary>
    WrongTime,

    /// <summary>Documents that are not in the index of their tenant and day.</summary>
    WrongIndex,

    /// <summary>Bytes that were written and not accounted for by <c>log.length</c>, or the other way round.</summary>
    UnaccountedBytes,
}
