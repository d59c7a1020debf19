namespace LogPipeline.Protocol.Sending;

/// <summary>How much of one stream may be under way, and how long an answer may take.</summary>
public sealed record SenderLimits
{
    /// <summary>
    /// Bytes and header of a chunk that goes through the engine, at most, so that its frame stays under 80,000: past 85,000 each of the transport's copies lands on the large object heap, and past
    /// 128,000 the transport drops the message without telling the sender.
    /// </summary>
    public const int MaxChunkBytes = 63 << 10;

    /// <summary>The same of one that goes on a connection beside the engine's: an array of 256 KiB has room for its frame, and for what is read of the file before it.</summary>
    public const int MaxConnectionChunkBytes = 250 << 10;

    /// <summary>A larger header goes in pieces of this size, each a chunk of its own, the last beside the first bytes of log.</summary>
    public int MaxHeaderBytes { get; init; } = 48 << 10;

    /// <summary>Bytes that may be sent in an epoch before the receiver has granted anything.</summary>
    public long InitialCreditBytes { get; init; } = 128 << 10;

    /// <summary>Without any answer while one is due, the receiver is asked.</summary>
    public TimeSpan ProbeAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Without any answer to that, the stream goes back and begins a new epoch.</summary>
    public TimeSpan RewindAfter { get; init; } = TimeSpan.FromSeconds(10);
}
