using LogPipeline.Ledger;
using LogPipeline.Sources;

namespace LogPipeline.Tailing;

/// <summary>Decides, from the configuration in force now, what is recorded for a file before its first record is sent.</summary>
public interface IPinSource
{
    /// <param name="stream">The stream that the file belongs to.</param>
    /// <param name="firstLine">The first line of the file (docker's attributes stand there).</param>
    /// <param name="fromOffsetBytes">Where the pin takes effect.</param>
    Pin PinFor(DiscoveredStream stream, ReadOnlySpan<byte> firstLine, long fromOffsetBytes);
}
