using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Bulk;

/// <summary>An index that a bulk request names, with its documents that are good so far.</summary>
internal sealed class BulkTarget(string name, IndexMapping mapping, OpenSearchError? refusal)
{
    public string Name => name;

    public byte[] NameUtf8 { get; } = System.Text.Encoding.UTF8.GetBytes(name);

    /// <summary>Of the index, or of what it would be created with.</summary>
    public IndexMapping Mapping => mapping;

    /// <summary>Why no document can go there; null usually.</summary>
    public OpenSearchError? Refusal => refusal;

    /// <summary>Positions of the documents to write.</summary>
    public List<int> Positions { get; } = [];
}
