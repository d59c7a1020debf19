namespace LogPipeline.Tailing;

/// <summary>How a directory is watched from now on.</summary>
public enum WatchOutcome
{
    /// <summary>The kernel tells at once.</summary>
    Notified,

    /// <summary>It is compared with what it was, each second.</summary>
    Polled,

    /// <summary>There is no such directory.</summary>
    Missing,

    /// <summary>This user may not read it.</summary>
    Refused,

    /// <summary>The kernel's limit is used up, or it cannot watch this file system: the directory is not watched.</summary>
    Unavailable,
}
