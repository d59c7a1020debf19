using System.Text.Json;

namespace LogPipeline.Local.Store.Http;

/// <summary>Which members an item of a bulk answer keeps.</summary>
internal sealed class BulkItemShape
{
    private readonly bool _error, _errorType, _errorReason;

    public BulkItemShape(FilterPath? filter, string operation)
    {
        bool Keeps(string member) => filter?.Keeps("items", operation, member) ?? true;
        Index = Keeps("_index");
        Id = Keeps("_id");
        Version = Keeps("_version");
        Result = Keeps("result");
        ForcedRefresh = Keeps("forced_refresh");
        Shards = Keeps("_shards");
        Sequence = Keeps("_seq_no");
        PrimaryTerm = Keeps("_primary_term");
        Status = Keeps("status");
        _errorType = filter?.Keeps("items", operation, "error", "type") ?? true;
        _errorReason = filter?.Keeps("items", operation, "error", "reason") ?? true;
        _error = Keeps("error") && _errorType && _errorReason;
    }

    public bool Index { get; }

    public bool Id { get; }

    public bool Version { get; }

    public bool Result { get; }

    public bool ForcedRefresh { get; }

    public bool Shards { get; }

    public bool Sequence { get; }

    public bool PrimaryTerm { get; }

    public bool Status { get; }

    /// <summary>Whether anything is left of an item: an item without a member vanishes from the answer.</summary>
    public bool HasAny(bool isError) =>
        Index || Id || Status || (isError ? _error || _errorType || _errorReason : Version || Result || Shards || Sequence || PrimaryTerm);

    public void WriteError(Utf8JsonWriter writer, OpenSearchError error)
    {
        if (_error)
        {
            writer.WritePropertyName("error");
            error.Write(writer);
        }
        else if (_errorType || _errorReason)
        {
            writer.WriteStartObject("error");
            if (_errorType) writer.WriteString("type", error.Type);
            if (_errorReason) writer.WriteString("reason", error.Reason);
            writer.WriteEndObject();
        }
    }
}
