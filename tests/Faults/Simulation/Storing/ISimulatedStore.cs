using LogPipeline.Indexing;

namespace LogPipeline.Tests.Simulation.Storing;

/// <summary>A store, and the way of processes to it. It outlives them.</summary>
internal interface ISimulatedStore
{
    /// <summary>All that was stored, also what retention has deleted since.</summary>
    IReadOnlyDictionary<(string Index, string Id), StoredDocument> Stored { get; }

    IReadOnlyDictionary<(string Index, string Id), StoredDocument> DeadLetters { get; }

    /// <summary>Records that came again with another extent.</summary>
    IReadOnlyList<string> Conflicts { get; }

    /// <summary>Nothing is on its way, and nobody waits for an answer.</summary>
    bool IsQuiet { get; }

    /// <summary>A process begins.</summary>
    IBulkSender Connect();

    /// <summary>Something happens to one of the requests that are under way.</summary>
    void Answer();

    /// <summary>The process is gone; some of what it had sent arrives all the same, wholly or in part, now or later.</summary>
    void LoseProcess();

    /// <summary>From now on the store answers everything it gets.</summary>
    void Calm();
}
