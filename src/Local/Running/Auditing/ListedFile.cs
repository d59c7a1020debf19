using LogPipeline.Ledger;
using LogPipeline.Sources;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>A log file that a source names, as it lies on disk now.</summary>
/// <param name="Stream">Whose it is.</param>
/// <param name="File">Where it is.</param>
/// <param name="Known">Which file of the ledger it is; null when the ledger does not know it.</param>
/// <param name="History">Rotated before this pipeline first ran here: nobody asked for it.</param>
internal sealed record ListedFile(DiscoveredStream Stream, DiscoveredFile File, FileCheckpoint? Known, bool History);
