namespace LogPipeline.Local.Search.Queries;

/// <summary>What a query may be at most, so that no text can make the parser or the store work without bound.</summary>
public static class QueryLimits
{
    /// <summary>UTF-16 units of the text.</summary>
    public const int TextLength = 4096;

    /// <summary>Words, phrases and fields.</summary>
    public const int Terms = 100;

    /// <summary>Parentheses and negations within one another.</summary>
    public const int Depth = 16;
}
