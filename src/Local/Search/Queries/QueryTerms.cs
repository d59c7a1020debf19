using System.Globalization;
using LogPipeline.Parsing;

namespace LogPipeline.Local.Search.Queries;

/// <summary>What one word, phrase or field of a query asks for.</summary>
internal static class QueryTerms
{
    /// <summary>
    /// <c>null</c> without a fault: the token has nothing that could be searched for (punctuation between words). With a
    /// <paramref name="fault"/>: the sentence that tells the person what to write instead.
    /// </summary>
    public static QueryNode? Resolve(QueryToken token, out string? fault)
    {
        fault = null;
        if (token.Kind == QueryTokenKind.Text)
        {
            return OfText(token);
        }

        IReadOnlyList<string> fields = LogFields.Resolve(token.Name, out FieldKind kind);
        if (token.Value.Length == 0 && !token.Quoted)
        {
            fault = $"{token.Name}: needs a value right behind it, or * for any.";
            return null;
        }

        if (token is { Pattern: true, Value: "*", Comparison: "" })
        {
            return new QueryNode.Exists(fields);
        }

        switch (kind)
        {
            case FieldKind.Time:
                fault = "Choose the time with the time range, not in the query.";
                return null;
            case FieldKind.Level:
                return OfLevel(token, out fault);
            case FieldKind.Number:
                return OfNumber(token, fields[0], out fault);
        }

        if (token.Comparison.Length > 0)
        {
            fault = $"{token.Name} is stored as text and has no order: {token.Comparison} works with level and numbers only. Try {token.Name}:{token.Value} or a pattern such as {token.Name}:5*.";
            return null;
        }

        return kind == FieldKind.Text ? OfText(token) : OfKeyword(token, fields);
    }

    private static QueryNode? OfText(QueryToken token)
    {
        if (!token.Pattern)
        {
            return token.Value.Any(char.IsLetterOrDigit) ? new QueryNode.Phrase(token.Value) : null;
        }

        // The index of a text knows words, so a pattern is cut where words are cut: what is left of a wildcard and right of it stays one.
        var parts = new List<QueryNode>();
        foreach (string piece in token.Value.ToLowerInvariant().Split(WordBreaks, StringSplitOptions.RemoveEmptyEntries))
        {
            if (piece.Any(char.IsLetterOrDigit))
            {
                parts.Add(piece.Contains('*', StringComparison.Ordinal) ? new QueryNode.WordPattern(piece) : new QueryNode.Phrase(piece));
            }
        }

        return parts.Count switch { 0 => null, 1 => parts[0], _ => new QueryNode.And(parts) };
    }

    // Punctuation that stays inside a word between letters or digits (Unicode TR29 word boundaries: "example.com", "it's", "a_b") is not here.
    private static readonly char[] WordBreaks = [.. Enumerable.Range(33, 94).Select(code => (char)code).Where(c => !char.IsLetterOrDigit(c) && c is not ('.' or '\'' or '_' or '*'))];

    private static QueryNode OfKeyword(QueryToken token, IReadOnlyList<string> fields)
    {
        if (!token.Pattern)
        {
            return new QueryNode.Term(fields, token.Value);
        }

        string head = token.Value[..^1];
        bool prefix = token.Value[^1] == '*' && head.AsSpan().IndexOfAny('*', '?', '\\') < 0;
        return prefix ? new QueryNode.Prefix(fields, head) : new QueryNode.ValuePattern(fields, token.Value);
    }

    private static QueryNode? OfLevel(QueryToken token, out string? fault)
    {
        fault = null;
        if (token.Comparison.Length == 0 && string.Equals(token.Value, LogLevels.None, StringComparison.OrdinalIgnoreCase))
        {
            return new QueryNode.Not(new QueryNode.Exists([LogFields.SeverityText]));
        }

        if (!LogLevels.TryParse(token.Value, out Severity level))
        {
            fault = LogLevels.Unknown(token.Value);
            return null;
        }

        return token.Comparison switch
        {
            "" => new QueryNode.Term([LogFields.SeverityText], LogLevels.NameOf(level)),
            ">=" => new QueryNode.Between(LogFields.SeverityNumber, (long)level, null),
            ">" => new QueryNode.Between(LogFields.SeverityNumber, LogLevels.LastNumberOf(level) + 1, null),
            "<=" => new QueryNode.Between(LogFields.SeverityNumber, 1, LogLevels.LastNumberOf(level)),
            _ => new QueryNode.Between(LogFields.SeverityNumber, 1, (long)level - 1),
        };
    }

    private static QueryNode? OfNumber(QueryToken token, string field, out string? fault)
    {
        fault = null;
        if (!long.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            fault = $"{token.Name} is a whole number; \"{token.Value}\" is none.";
            return null;
        }

        return token.Comparison switch
        {
            "" => new QueryNode.Between(field, number, number),
            ">=" => new QueryNode.Between(field, number, null),
            ">" when number < long.MaxValue => new QueryNode.Between(field, number + 1, null),
            "<=" => new QueryNode.Between(field, null, number),
            "<" when number > long.MinValue => new QueryNode.Between(field, null, number - 1),
            _ => new QueryNode.Not(new QueryNode.Everything()),
        };
    }
}
