using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Queries;

/// <summary>A field that a query names: one, all of them (<c>*</c>), or the leaves of a flat object.</summary>
internal sealed class FieldReference
{
    private const string KeywordSuffix = ".keyword";

    private FieldReference(string name, ulong path, FieldType type, bool isAll)
    {
        Name = name;
        Path = path;
        Type = type;
        IsAll = isAll;
    }

    public string Name { get; }

    public ulong Path { get; }

    public FieldType Type { get; }

    /// <summary>Every leaf of the document.</summary>
    public bool IsAll { get; }

    /// <summary>Blocks' summaries have the values of this field.</summary>
    public bool IsSummarised => !IsAll && Type == FieldType.Keyword;

    /// <summary><c>name.keyword</c> of a field without a declared type is that field as a keyword.</summary>
    public static FieldReference Of(string name, IndexMapping mapping)
    {
        if (name is "*" or "_all") return new FieldReference(name, 0, FieldType.Dynamic, isAll: true);
        FieldType type = mapping.TypeOf(name);
        if (type == FieldType.Dynamic && name.EndsWith(KeywordSuffix, StringComparison.Ordinal))
        {
            string parent = name[..^KeywordSuffix.Length];
            return new FieldReference(parent, FieldPath.Of(parent), mapping.TypeOf(parent) is FieldType.Keyword ? FieldType.Keyword : FieldType.FlatLeaf, isAll: false);
        }

        if (type == FieldType.Keyword && !mapping.Declared.ContainsKey(name) && name.EndsWith(KeywordSuffix, StringComparison.Ordinal)) name = name[..^KeywordSuffix.Length];
        if (type == FieldType.Keyword && name.LastIndexOf('.') is > 0 and int dot && mapping.Declared.TryGetValue(name[..dot], out FieldType owner) && owner is not (FieldType.Object or FieldType.Dynamic))
        {
            // A declared sub-field (multi-field): its values are those of its parent; summaries know them under the parent's name only.
            return new FieldReference(name, FieldPath.Of(name[..dot]), owner == FieldType.Keyword ? FieldType.Keyword : FieldType.FlatLeaf, isAll: false);
        }

        return new FieldReference(name, FieldPath.Of(name), type, isAll: false);
    }

    /// <summary>Whether a leaf is one of this field's values.</summary>
    public bool Selects(CandidateDocument document, in JsonField field)
    {
        if (field.Type is JsonTokenType.StartObject or JsonTokenType.Null) return false;
        return IsAll || field.Path == Path || Type == FieldType.FlatObject && document.IsBelow(field, Path);
    }
}
