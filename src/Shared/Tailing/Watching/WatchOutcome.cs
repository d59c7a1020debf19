namespace LogPipeline.Tailing.Watching;

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

    /// <summary>The kernel's limit on watches is used up (<c>fs.inotify.max_user_watches</c>): the directory is not watched.</summary>
    LimitReached,

    /// <summary>The kernel cannot watch it: the directory is not watched.</summary>
    Unavailable,
}
