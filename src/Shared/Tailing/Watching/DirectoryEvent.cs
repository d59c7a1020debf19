namespace LogPipeline.Tailing.Watching;

/// <summary>Something that happened to <paramref name="Name"/> in a watched directory. The name is empty for what concerns the directory itself, the directory too for <see cref="DirectoryEventKind.Overflow"/>.</summary>
public readonly record struct DirectoryEvent(string Directory, string Name, DirectoryEventKind Kind);

public enum DirectoryEventKind : byte
{
    /// <summary>A file was written to or truncated. Once for each run of such events that was read together.</summary>
    Modified,

    /// <summary>A file, directory or link is new under this name.</summary>
    Created,

    MovedFrom,

    MovedTo,

    Deleted,

    /// <summary>A descriptor open for writing was closed: a rotated file's writer has left it, unless it has more than one.</summary>
    ClosedAfterWrite,

    /// <summary>The directory was deleted, moved away or unmounted: it is not watched any more.</summary>
    DirectoryGone,

    /// <summary>Events were lost, of any directory: look at everything.</summary>
    Overflow,
}

/// <summary>Takes a batch of events, valid during the call, on the watcher's thread: it returns soon, does not throw and does not dispose the watcher. Calls do not overlap.</summary>
public delegate void DirectoryEventHandler(ReadOnlySpan<DirectoryEvent> events);
