namespace LogPipeline.Indexing.Delivery;

/// <summary>Why a document is a dead letter; becomes its <c>reason</c>.</summary>
/// <param name="Type">The store's error type, or one of the constants here.</param>
/// <param name="Reason">The store's text.</param>
/// <param name="Status">The HTTP status; 0 when the store never answered.</param>
public sealed record DeadLetterReason(string Type, string Reason, int Status)
{
    /// <summary>Another record is stored under the id.</summary>
    public const string IdCollision = "id_collision";

    /// <summary>The document alone is larger than the store takes in a request.</summary>
    public const string TooLarge = "request_too_large";

    /// <summary>The store closes the connection each time it gets the document.</summary>
    public const string ConnectionClosed = "connection_closed";
}
