namespace LogPipeline.Local.Search.Queries;

/// <summary>
/// Reads a user's query.
/// <code>
/// query   = any
/// any     = all { "OR" all }
/// all     = part { [ "AND" ] part }
/// part    = ( "-" | "NOT" ) part | "(" any ")" | word | phrase | field
/// </code>
/// Words and phrases are looked for in the text of the record, whatever their case; punctuation only separates words there. A field's
/// value is compared whole and with its case (levels: without). Tokens: <see cref="QueryLexer"/>. Names: <see cref="LogFields.Resolve"/>.
/// </summary>
public sealed class QueryParser
{
    private readonly QueryLexer _lexer;
    private QueryToken _token;
    private QuerySyntaxError? _error;
    private int _depth;
    private int _terms;

    private QueryParser(string text) => _lexer = new QueryLexer(text);

    /// <summary><c>false</c>: <paramref name="error"/> says what is wrong with the text. An empty text asks for everything.</summary>
    public static bool TryParse(string text, out QueryNode query, out QuerySyntaxError? error)
    {
        query = new QueryNode.Everything();
        if (text.Length > QueryLimits.TextLength)
        {
            error = new QuerySyntaxError($"The query has {text.Length} characters; at most {QueryLimits.TextLength} are allowed.", QueryLimits.TextLength);
            return false;
        }

        var parser = new QueryParser(text);
        parser.Advance();
        bool empty = parser._error is null && parser._token.Kind == QueryTokenKind.End;
        QueryNode? node = empty ? query : parser.ReadAny();
        if (parser._error is null && parser._token.Kind != QueryTokenKind.End)
        {
            parser.Fail("This closing parenthesis has no opening one.", parser._token.Position);
        }

        if (parser._error is null && node is null)
        {
            parser.Fail("There is no letter or digit to search for.", 0);
        }

        error = parser._error;
        query = node ?? query;
        return error is null;
    }

    private void Advance()
    {
        if (_error is null && !_lexer.TryNext(out _token, out _error))
        {
            _token = new QueryToken(QueryTokenKind.End, 0);
        }
    }

    private QueryNode? Fail(string message, int position)
    {
        _error ??= new QuerySyntaxError(message, position);
        _token = new QueryToken(QueryTokenKind.End, position);
        return null;
    }

    private QueryNode? ReadAny()
    {
        var parts = new List<QueryNode>();
        while (true)
        {
            if (ReadAll() is { } part)
            {
                parts.Add(part);
            }

            if (_token.Kind != QueryTokenKind.Or)
            {
                return parts.Count switch { 0 => null, 1 => parts[0], _ => new QueryNode.Or(parts) };
            }

            int position = _token.Position;
            Advance();
            if (_token.Kind is QueryTokenKind.End or QueryTokenKind.Close or QueryTokenKind.Or)
            {
                return Fail("OR needs something on both sides; write \"OR\" in quotation marks to search for the word.", position);
            }
        }
    }

    private QueryNode? ReadAll()
    {
        if (_token.Kind is QueryTokenKind.Or or QueryTokenKind.And)
        {
            string word = _token.Kind == QueryTokenKind.Or ? "OR" : "AND";
            return Fail($"{word} needs something on both sides; write \"{word}\" in quotation marks to search for the word.", _token.Position);
        }

        var parts = new List<QueryNode>();
        while (_token.Kind is not (QueryTokenKind.End or QueryTokenKind.Close or QueryTokenKind.Or))
        {
            if (_token.Kind == QueryTokenKind.And)
            {
                int position = _token.Position;
                Advance();
                if (_token.Kind is QueryTokenKind.End or QueryTokenKind.Close or QueryTokenKind.Or or QueryTokenKind.And)
                {
                    return Fail("AND needs something on both sides; write \"AND\" in quotation marks to search for the word.", position);
                }
            }

            if (ReadPart() is { } part)
            {
                parts.Add(part);
            }
        }

        return parts.Count switch { 0 => null, 1 => parts[0], _ => new QueryNode.And(parts) };
    }

    private QueryNode? ReadPart()
    {
        QueryToken token = _token;
        switch (token.Kind)
        {
            case QueryTokenKind.Minus or QueryTokenKind.Not:
                Advance();
                if (_token.Kind is QueryTokenKind.End or QueryTokenKind.Close or QueryTokenKind.Or or QueryTokenKind.And)
                {
                    return Fail("There is nothing here to leave out; write \"NOT\" in quotation marks to search for the word.", token.Position);
                }

                return Nested(token.Position, ReadPart) is { } part ? new QueryNode.Not(part) : null;

            case QueryTokenKind.Open:
                Advance();
                QueryNode? inner = Nested(token.Position, ReadAny);
                if (_error is null && _token.Kind != QueryTokenKind.Close)
                {
                    return Fail("This parenthesis is never closed; write \\( for a plain one.", token.Position);
                }

                Advance();
                return inner;

            default:
                Advance();
                if (++_terms > QueryLimits.Terms)
                {
                    return Fail($"The query has more than {QueryLimits.Terms} words.", token.Position);
                }

                QueryNode? node = QueryTerms.Resolve(token, out string? fault);
                return fault is null ? node : Fail(fault, token.Position);
        }
    }

    private QueryNode? Nested(int position, Func<QueryNode?> read)
    {
        if (++_depth > QueryLimits.Depth)
        {
            return Fail($"Parentheses and negations lie more than {QueryLimits.Depth} deep.", position);
        }

        QueryNode? node = read();
        _depth--;
        return node;
    }
}
