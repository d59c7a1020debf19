namespace LogPipeline.Local.Search.Queries;

/// <summary>What a token of a query is.</summary>
public enum QueryTokenKind
{
    End,
    Open,
    Close,
    Minus,
    And,
    Or,
    Not,

    /// <summary>A word, phrase or pattern of the text.</summary>
    Text,

    /// <summary><c>name:value</c>.</summary>
    Field,
}
