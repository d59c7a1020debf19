using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Workers;

/// <summary>What a worker looked like a moment ago.</summary>
/// <param name="BacklogBytes">Bytes on disk that are not durable.</param>
/// <param name="OpenFiles">Files held open.</param>
/// <param name="CheckpointAge">How long acknowledged progress has waited to be written; zero when there is none.</param>
/// <param name="Files">Every file that is read or not yet durable.</param>
/// <param name="OpenRecords">Files whose last record's end no content has shown.</param>
public sealed record WorkerStatus(long BacklogBytes, int OpenFiles, TimeSpan CheckpointAge, IReadOnlyList<FileStatusRow> Files, IReadOnlyList<string> OpenRecords)
{
    /// <summary>Bytes that an earlier process may have sent, as found when the files were first taken up: they are read again, and looked up before they are sent.</summary>
    public long ReplayBytes { get; init; }

    /// <summary>How far every stream is behind its writer.</summary>
    public IReadOnlyList<StreamHead> Heads { get; private init; } = [];

    /// <summary>Files that were found and could not be opened: nothing of them is read, and they are tried again.</summary>
    public IReadOnlyList<RefusedFile> Refused { get; private init; } = [];

    /// <summary>Of what may have been sent before, bytes that were not read again yet.</summary>
    public long ReplayLeftBytes { get; private init; }

    public static WorkerStatus Empty { get; } = new(0, 0, TimeSpan.Zero, [], []);

    public static WorkerStatus Of(IEnumerable<StreamTailer> tailers, TimeSpan checkpointAge)
    {
        int open = 0;
        var files = new List<FileStatusRow>();
        var openRecords = new List<string>();
        var heads = new List<StreamHead>();
        var refused = new List<RefusedFile>();
        long replay = 0, backlog = 0;
        foreach (StreamTailer tailer in tailers)
        {
            backlog += tailer.BacklogBytes();
            foreach (TailedFile file in tailer.Lineage.Files)
            {
                if (file.Handle is not null) open++;
                if (!file.Finished) replay += file.ReplayLeftBytes;
                long resume = file.Checkpoint.ResumeOffsetBytes;
                files.Add(new(file.Found.Path, file.Checkpoint.Pins[^1].Tenant, file.SizeBytes, resume, file.BacklogBytes, StateOf(file), file.ReadOffset));
            }
            refused.AddRange(tailer.Lineage.Refused.Select(found => new RefusedFile(found.Path, found.SizeBytes)));
            if (tailer.Lineage.Files is [.., { } newest]) heads.Add(newest.HeadOf(tailer.Key, tailer.BacklogBytes()));
            if (IsOpenAtItsEnd(tailer)) openRecords.Add(tailer.Key);
        }
        return new(backlog, open, checkpointAge, files, openRecords) { ReplayLeftBytes = replay, Heads = heads, Refused = refused };
    }

    // What is not read yet may well have an end.
    private static bool IsOpenAtItsEnd(StreamTailer tailer)
    {
        if (tailer.Lineage.Current is { } current && current.SizeBytes > current.ReadOffset) return current.NoNewlineUntil >= current.SizeBytes;
        return tailer.HasPending || tailer.Lineage.WaitingBytes > 0;
    }

    private static string StateOf(TailedFile file) =>
        file.Finished ? "finishing" : file.Handle is null ? "gone" : file.Deleted ? "deleted" : file.LeftAt is not null ? "rotated" : file.SizeBytes > file.ReadOffset ? "reading" : "idle";
}

/// <summary>One file in the health view.</summary>
public sealed record FileStatusRow(string Path, string Tenant, long SizeBytes, long DurableOffsetBytes, long BacklogBytes, string State, long ReadOffsetBytes);

/// <summary>A file that was found and could not be opened.</summary>
public sealed record RefusedFile(string Path, long SizeBytes);
