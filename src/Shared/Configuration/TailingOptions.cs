namespace LogPipeline.Configuration;

/// <summary>How files are read.</summary>
public sealed class TailingOptions
{
    /// <summary>Bytes of one line; a longer one is cut there, by content, into records marked <c>truncated</c>. 1 KiB to 16 MiB.</summary>
    public int MaxLineBytes { get; set; } = 1 << 20;

    /// <summary>Bytes read from a file before the next file's turn. 64 KiB to 4 MiB.</summary>
    public int ChunkBytes { get; set; } = 256 << 10;

    /// <summary>Where a file without a resume point starts: <c>start</c> or <c>end</c>.</summary>
    public string From { get; set; } = "start";

    /// <summary>How long a complete pass over the directories may take to notice what inotify did not tell. 1 s to 10 min.</summary>
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes on disk of rotated or deleted files that may be held open; past it the oldest is given up, and counted as lost.</summary>
    public long HeldDeletedBytes { get; set; } = 4L << 30;

    /// <summary>Bytes that rotation leaves of one container's logs before it deletes any; only for the estimate of when it will reach what is unread.</summary>
    public long RotationRoomBytes { get; set; } = 50L << 20;

    /// <summary>Also read this pipeline's own state, store and logs.</summary>
    public bool IncludeOwnFiles { get; set; }
}
