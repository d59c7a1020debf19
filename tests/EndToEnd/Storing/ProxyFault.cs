namespace LogPipeline.Tests.Storing;

/// <summary>What a proxy between a pipeline and its store does to one request.</summary>
internal enum ProxyFault
{
    None,

    /// <summary>429 for the whole request, which is not forwarded.</summary>
    TooManyRequests,

    /// <summary>503 for the whole request, which is not forwarded.</summary>
    Unavailable,

    /// <summary>401 to this and every other request for a while.</summary>
    Unauthorized,

    /// <summary>The connection is closed; nothing is forwarded.</summary>
    CloseBefore,

    /// <summary>Forwarded; the connection is closed without an answer.</summary>
    CloseAfter,

    /// <summary>The connection is closed; the request is forwarded a while later, when its sender may have sent it again.</summary>
    Late,

    /// <summary>Forwarded twice, as proxies do that try again; the second answer counts.</summary>
    Twice,

    /// <summary>Some items are not forwarded and answered 429 or 503; the others are.</summary>
    SomeItems,

    /// <summary>Forwarded; one item is missing in the answer.</summary>
    DropItem,

    /// <summary>Forwarded; the answer ends in its middle, and looks whole to HTTP.</summary>
    CutAnswer,

    /// <summary>Forwarded; the connection is closed in the middle of the answer.</summary>
    TornAnswer,
}
