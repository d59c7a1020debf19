namespace LogPipeline.Ledger.Audit;

/// <summary>What an audit can find, the gravest first. What each means and what to do about it: docs/audit.md.</summary>
public enum AuditFindingKind
{
    /// <summary>The ledger has records of a range as stored, and the store has fewer of them, though it still has their indices.</summary>
    Missing,

    /// <summary>The store has more records of a range than the ledger counted before its durable position; in a deep audit also: one place stored twice.</summary>
    Double,

    /// <summary>As many records as counted, but not as many bytes: something is missing and something else is there.</summary>
    Different,

    /// <summary>Two stored records cover the same bytes (deep audit).</summary>
    Overlap,

    /// <summary>Bytes before the durable position that no stored record covers (deep audit).</summary>
    Hole,

    /// <summary>A stored record's id is not that of its place (deep audit).</summary>
    ForeignId,

    /// <summary>Refused records of which the dead-letter index has fewer than counted.</summary>
    DeadLetterMissing,

    /// <summary>Records that are not seen because an index that may hold them is closed.</summary>
    Closed,

    /// <summary>The ledger's own account does not add up: bytes before the durable position were neither stored nor dropped nor refused, or more were.</summary>
    Unaccounted,

    /// <summary>Bytes that were seen on disk and never stored.</summary>
    Lost,

    /// <summary>A part of unknown size was destroyed while nothing had the file open.</summary>
    Gap,

    /// <summary>Every index that the range's days name was deleted.</summary>
    Expired,

    /// <summary>Some of the indices that the range's days name were deleted, or a part of them: what is not there may have gone with them.</summary>
    ExpiredInPart,

    /// <summary>Records that the store refused for good; all of them are in the dead-letter index.</summary>
    Rejected,

    /// <summary>In the store already, and not yet behind the durable position.</summary>
    InFlight,

    /// <summary>On disk and not yet behind the durable position.</summary>
    Unread,
}
