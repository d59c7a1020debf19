using LogPipeline.Configuration;

namespace LogPipeline.Sources;

/// <summary>Sources that come and go while the process runs. Asked from the monitor's thread, about once a second.</summary>
public interface IFurtherSources
{
    /// <summary>Null until they are known for the first time; the same object for as long as they are the same.</summary>
    IReadOnlyList<SourceOptions>? Current { get; }
}
