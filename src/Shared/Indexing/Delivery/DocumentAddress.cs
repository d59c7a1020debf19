using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Indexing.Delivery;

/// <summary>Index and id of a document as its action line has them: the insides of JSON strings, escapes untouched, to be copied between quotes.</summary>
public readonly ref struct DocumentAddress
{
    /// <summary>What names the index of dead letters: this before the refused index.</summary>
    public const string DeadLetterPrefix = "deadletter-";

    public DocumentAddress(ReadOnlySpan<byte> actionLine)
    {
        if (!JsonFields.TryFind(actionLine, "create._index"u8, out Range index) || !JsonFields.TryFind(actionLine, "create._id"u8, out Range id))
        {
            throw new InvalidOperationException("An action line has no create with _index and _id.");
        }

        Index = JsonFields.StringContent(actionLine[index]);
        Id = JsonFields.StringContent(actionLine[id]);
    }

    public ReadOnlySpan<byte> Index { get; }

    public ReadOnlySpan<byte> Id { get; }
}
