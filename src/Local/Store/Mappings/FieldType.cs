namespace LogPipeline.Local.Store.Mappings;

/// <summary>What OpenSearch would do with a field's values.</summary>
internal enum FieldType : byte
{
    /// <summary>No mapping says anything: a string is searched as text and as a keyword, numbers as numbers.</summary>
    Dynamic,

    /// <summary>Analysed: found by its words.</summary>
    Text,

    /// <summary>Found by its whole value; also ip, wildcard, constant_keyword and version.</summary>
    Keyword,

    /// <summary>long, integer, short, byte, unsigned_long.</summary>
    Long,

    /// <summary>double, float, half_float, scaled_float.</summary>
    Double,
    Boolean,

    /// <summary>A time of which milliseconds count.</summary>
    Date,
    DateNanos,

    /// <summary>An object, each of whose leaves is a keyword: flat_object, flattened.</summary>
    FlatObject,

    /// <summary>A leaf of a <see cref="FlatObject"/>: a keyword that block summaries leave out.</summary>
    FlatLeaf,
    Object,

    /// <summary>Kept, never looked into: <c>enabled: false</c>, binary, or a field with <c>index: false</c>.</summary>
    Disabled,
}
