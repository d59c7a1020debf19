namespace LogPipeline.Joining.Traces;

/// <summary>What a line is to the pending record before it.</summary>
internal enum LineVerdict : byte
{
    /// <summary>It begins a record; undecided lines before it do not belong to the pending one.</summary>
    Begins,

    /// <summary>It belongs to the pending record, and so do the undecided lines between them.</summary>
    Continues,

    /// <summary>A later line decides.</summary>
    Undecided,
}
