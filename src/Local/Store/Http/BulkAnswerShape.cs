using LogPipeline.Local.Store.Bulk;

namespace LogPipeline.Local.Store.Http;

/// <summary>What <c>filter_path</c> keeps of a bulk answer, decided once and not per item.</summary>
internal sealed class BulkAnswerShape(FilterPath? filter)
{
    private readonly BulkItemShape[] _items = [.. new[] { "create", "index", "delete", "update" }.Select(operation => new BulkItemShape(filter, operation))];

    public bool Took { get; } = filter?.Keeps("took") ?? true;

    public bool Errors { get; } = filter?.Keeps("errors") ?? true;

    public BulkItemShape Of(BulkOperation operation) => _items[(int)operation];
}
