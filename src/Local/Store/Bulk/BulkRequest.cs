using LogPipeline.Local.Store.Indices;

namespace LogPipeline.Local.Store.Bulk;

/// <summary>A bulk request, read and checked; nothing of it is written yet.</summary>
internal sealed class BulkRequest(ReadOnlyMemory<byte> body) : IDisposable
{
    private Dictionary<int, OpenSearchError>? _errors;

    public IngestRequest Documents { get; } = new(body);

    /// <summary>One for each of <see cref="Documents"/>, in the order of the body.</summary>
    public List<BulkAction> Actions { get; } = [];

    public List<BulkTarget> Targets { get; } = [];

    public void Refuse(int position, OpenSearchError error) => (_errors ??= [])[position] = error;

    /// <summary>Why a document was refused; null when it was not.</summary>
    public OpenSearchError? Refusal(int position) => _errors?.GetValueOrDefault(position);

    public void Dispose() => Documents.Dispose();
}
