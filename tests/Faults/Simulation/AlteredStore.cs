using LogPipeline.Indexing;
using LogPipeline.Tests.Simulation.Storing;

namespace LogPipeline.Tests.Simulation;

/// <summary>What a store holds, with something changed.</summary>
internal sealed class AlteredStore(ISimulatedStore original) : ISimulatedStore
{
    private readonly Dictionary<(string Index, string Id), StoredDocument> _documents = new(original.Stored);

    public IReadOnlyDictionary<(string Index, string Id), StoredDocument> Stored => _documents;

    public IReadOnlyDictionary<(string Index, string Id), StoredDocument> DeadLetters => original.DeadLetters;

    public IReadOnlyList<string> Conflicts => original.Conflicts;

    public bool IsQuiet => true;

    public AlteredStore With(StoredDocument document)
    {
        _documents[(document.Index, document.Id)] = document;
        return this;
    }

    public AlteredStore Without(StoredDocument document)
    {
        _documents.Remove((document.Index, document.Id));
        return this;
    }

    public IBulkSender Connect() => throw new NotSupportedException("Nothing is sent any more.");

    public void Answer()
    {
        // nothing is sent any more
    }

    public void LoseProcess()
    {
        // nothing is sent any more
    }

    public void Calm()
    {
        // nothing is sent any more
    }
}
