namespace LogPipeline.Local.Search.Queries;

/// <summary>
/// What a user's query asks, after <see cref="QueryParser"/> has resolved its field names. Every node maps to one query that OpenSearch
/// 1.x to 3.x, Elasticsearch 7.x and 8.x and the embedded store know (<see cref="QueryDsl"/>).
/// </summary>
public abstract record QueryNode
{
    private QueryNode()
    {
    }

    /// <summary>Matches every record.</summary>
    public sealed record Everything : QueryNode;

    /// <summary>These words, in this order, in the text of the record.</summary>
    public sealed record Phrase(string Text) : QueryNode;

    /// <summary>One word of the text, lower case, with <c>*</c> and <c>?</c>; a literal one of them stands behind a backslash.</summary>
    public sealed record WordPattern(string Value) : QueryNode;

    /// <summary>Any of the fields has exactly this value.</summary>
    public sealed record Term(IReadOnlyList<string> Fields, string Value) : QueryNode;

    /// <summary>Any of the fields has a value like this, with <c>*</c> and <c>?</c>; a literal one of them stands behind a backslash.</summary>
    public sealed record ValuePattern(IReadOnlyList<string> Fields, string Value) : QueryNode;

    /// <summary>Any of the fields begins with this.</summary>
    public sealed record Prefix(IReadOnlyList<string> Fields, string Value) : QueryNode;

    /// <summary>Any of the fields is there.</summary>
    public sealed record Exists(IReadOnlyList<string> Fields) : QueryNode;

    /// <summary>The number lies within the bounds, both inclusive; an absent bound is open.</summary>
    public sealed record Between(string Field, long? Least, long? Most) : QueryNode;

    public sealed record And(IReadOnlyList<QueryNode> Parts) : QueryNode;

    public sealed record Or(IReadOnlyList<QueryNode> Parts) : QueryNode;

    public sealed record Not(QueryNode Part) : QueryNode;
}
