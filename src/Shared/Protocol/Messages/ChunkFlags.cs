namespace LogPipeline.Protocol.Messages;

/// <summary>What a chunk says beside its bytes. On the wire: bits are never reused.</summary>
[Flags]
public enum ChunkFlags : byte
{
    None = 0,

    /// <summary>Behind these bytes the file holds nothing more, ever: an unterminated rest is a line.</summary>
    EndOfFile = 1,

    /// <summary>The stream has ended: what is pending in all sub-streams is handed on. Only with <see cref="EndOfFile"/>.</summary>
    EndOfStream = 2,

    /// <summary>What followed in the file is gone: with <see cref="EndOfFile"/>, an unterminated rest is no line but given up with it.</summary>
    GivenUp = 4,

    /// <summary>The header is a piece, and goes on in the next chunk: nothing else is in this one.</summary>
    HeaderGoesOn = 8,
}
