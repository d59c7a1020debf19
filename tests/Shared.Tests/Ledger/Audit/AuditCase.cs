using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Ledger.Audit;

/// <summary>A hand-made ledger, disk and store, in which everything is as it should be until a test changes it. The days are 1970-01-11 and on.</summary>
internal sealed class AuditCase
{
    public const int Day = 10;

    private readonly Dictionary<FileId, StoredFile> _stored = [];
    private readonly List<FileCheckpoint> _files = [];

    public List<DiskFile> Disk { get; } = [];

    public HashSet<FileId> Gone { get; } = [];

    public List<string> Indices { get; } = [Index(Day)];

    public List<string> Trimmed { get; } = [];

    public List<string> Closed { get; } = [];

    public static string Index(int day, string prefix = "") => $"{prefix}logs-default-1970.01.{day + 1:D2}";

    /// <summary>A complete file whose ranges are stored as counted.</summary>
    public FileCheckpoint File(LogFormat format = LogFormat.Plain, string stream = "/logs/app.log", params RangeCount[] ranges)
    {
        var file = new FileCheckpoint
        {
            Id = new FileId((UInt128)(_files.Count + 1)), StreamKey = stream, Ordinal = _files.Count, Kind = SourceKind.Plain, Fingerprint = default, Path = $"{stream}.{_files.Count}", Complete = true,
            SizeBytes = ranges.Sum(range => range.Bytes),
        };
        file.Pins.Add(new Pin
        {
            FromOffsetBytes = 0, Format = format, Tenant = "default", IndexTemplate = "logs-default-{day}", JoiningRule = "", Parser = "none", Day = -1, Path = stream, ResourceJson = "",
        });
        for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) file.LanePositions[lane] = new(file.SizeBytes, default);
        file.Stored.AddRange(ranges);
        _files.Add(file);
        _stored[file.Id] = new StoredFile();
        for (int range = 0; range < ranges.Length; range++) _stored[file.Id].AddDurable(range, new(ranges[range].Records, ranges[range].Bytes));
        Disk.Add(new DiskFile(file.Path, file.SizeBytes, false, file.Id));
        return file;
    }

    public StoredFile StoredOf(FileCheckpoint file) => _stored[file.Id];

    public AuditReport Compare() => LedgerAudit.Compare(new AuditEvidence { Files = _files, Stored = _stored, Disk = Disk, Gone = Gone, Indices = new ExistingIndices(Indices, Trimmed, Closed) });

    /// <summary>The one finding.</summary>
    public AuditFinding Single() => Assert.Single(Compare().Findings);
}
