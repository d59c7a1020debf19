namespace LogPipeline.Tests.Storing;

internal enum RequestFault
{
    None,

    /// <summary>429 for the whole request; nothing is stored.</summary>
    TooManyRequests,

    /// <summary>503 for the whole request; nothing is stored.</summary>
    Unavailable,

    /// <summary>The connection is closed; nothing is stored.</summary>
    CloseBefore,

    /// <summary>All is stored, the connection is closed without an answer.</summary>
    CloseAfter,

    /// <summary>All is stored, one item is missing in the answer.</summary>
    DropItem,

    /// <summary>All is stored, the answer ends in its middle.</summary>
    CutAnswer,

    /// <summary>Items are answered 429 and 503 and are not stored; the others are.</summary>
    SomeItems,
}
