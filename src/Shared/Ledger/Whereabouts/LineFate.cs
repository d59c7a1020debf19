namespace LogPipeline.Ledger.Whereabouts;

/// <summary>Where a line of a log file is now. What each means to a person: docs/explain.md.</summary>
public enum LineFate
{
    /// <summary>The store has the record that covers it.</summary>
    Stored,

    /// <summary>The store refused its record for good; the dead-letter index has it.</summary>
    Rejected,

    /// <summary>The ledger has it as stored or dead-lettered; the store could not be asked.</summary>
    Acknowledged,

    /// <summary>A rule of the configuration left it out.</summary>
    Dropped,

    /// <summary>Read by the running pipeline, and not acknowledged by the store, or its record's end is not known yet.</summary>
    InFlight,

    /// <summary>On disk, and to be read by the running pipeline or by the next run.</summary>
    Unread,

    /// <summary>On disk without a newline behind it: it is a line when that comes, or when its file has ended.</summary>
    Unterminated,

    /// <summary>Rotation or deletion destroyed it before it was read.</summary>
    Destroyed,

    /// <summary>Written to a file after that had been left for its successor; nothing will read it.</summary>
    LeftBehind,

    /// <summary>It was stored, and its index was deleted since, or a part of that.</summary>
    Expired,

    /// <summary>The ledger has it as stored, its index is there, and the record is not.</summary>
    Missing,

    /// <summary>Its file was rotated before this pipeline first ran here: nobody asked for it.</summary>
    History,

    /// <summary>Its file cannot be read.</summary>
    Unreadable,

    /// <summary>Its file is on disk, and no source names it.</summary>
    NotNamed,

    /// <summary>Its file is on disk, or was, and never had so many bytes.</summary>
    BehindTheEnd,

    /// <summary>Neither disk nor ledger nor store know of its file.</summary>
    Unknown,
}
