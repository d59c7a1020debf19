namespace LogPipeline.Indexing.Connections;

/// <summary>Why a request has no usable answer.</summary>
public enum StoreFailure : byte
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>Nothing of the request left this machine: name, connection, TLS.</summary>
    NotConnected,

    /// <summary>The connection was closed before the first byte of an answer; the request may have been carried out.</summary>
    Closed,

    /// <summary>No answer in time; the request may have been carried out.</summary>
    TimedOut,

    /// <summary>The answer's head came, its body did not end as announced.</summary>
    Truncated,

    /// <summary>This process stops.</summary>
    Stopped,
}
