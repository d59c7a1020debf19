using LogPipeline.Processing;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Workers;

/// <summary>What a worker looked like a moment ago.</summary>
public sealed record WorkerStatus(bool Idle, bool Pending, long BacklogBytes, int OpenFiles, IReadOnlyList<FileStatusRow> Files)
{
    public static WorkerStatus Empty { get; } = new(true, false, 0, 0, []);

    public static WorkerStatus Of(IEnumerable<StreamTailer> tailers, bool idle)
    {
        bool pending = false;
        long backlog = 0;
        int open = 0;
        var files = new List<FileStatusRow>();
        foreach (StreamTailer tailer in tailers)
        {
            idle &= tailer.IsCaughtUp;
            pending |= tailer.HasPending;
            foreach (TailedFile file in tailer.Lineage.Files)
            {
                long fileBacklog = Math.Max(0, file.SizeBytes - file.Checkpoint.ResumeOffsetBytes);
                backlog += fileBacklog;
                if (file.Handle is not null) open++;
                files.Add(new(file.Found.Path, file.Checkpoint.Pins[^1].Tenant, file.SizeBytes, file.Checkpoint.ResumeOffsetBytes, fileBacklog, StateOf(file)));
            }
        }
        return new(idle, pending, backlog, open, files);
    }

    private static string StateOf(TailedFile file) =>
        file.Finished ? "finishing" : file.Handle is null ? "gone" : file.Deleted ? "deleted" : file.LeftAt is not null ? "rotated" : "live";
}

/// <summary>One file in the health view.</summary>
public sealed record FileStatusRow(string Path, string Tenant, long SizeBytes, long DurableOffsetBytes, long BacklogBytes, string State);
