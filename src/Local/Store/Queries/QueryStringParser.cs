using System.Text;
using System.Text.Json;

namespace LogPipeline.Local.Store.Queries;

/// <summary>
/// Lucene's query syntax, as far as logs need it:
/// <code>
/// query  = clause *( [ "AND" | "&amp;&amp;" | "OR" | "||" ] clause )
/// clause = [ "+" | "-" | "!" | "NOT" ] [ field ":" ] ( term | phrase | range | "(" query ")" ) [ "^" boost | "~" fuzziness ]
/// range  = ( "[" | "{" ) bound "TO" bound ( "]" | "}" )  |  ( ">" | "&lt;" ) [ "=" ] bound
/// term   = characters with "*" and "?" as wildcards, a backslash before a special one
/// </code>
/// Boosts and fuzziness are read and have no effect. As in Lucene, AND binds its two neighbours as required rather than having a
/// precedence.
/// </summary>
internal sealed class QueryStringParser
{
    private const int MaxDepth = 20;

    private readonly QueryParser _queries;
    private readonly IReadOnlyList<FieldReference> _fields;
    private readonly string _text;
    private readonly bool _defaultAnd;
    private int _at;

    public QueryStringParser(QueryParser queries, JsonElement body)
        : this(queries, QueryParser.Text(QueryParser.Required(body, "query")), queries.Fields(body), IsAnd(body))
    {
    }

    public QueryStringParser(QueryParser queries, string text, IReadOnlyList<FieldReference> fields, bool defaultAnd)
    {
        _queries = queries;
        _text = text;
        _fields = fields;
        _defaultAnd = defaultAnd;
    }

    private enum Occur : byte
    {
        Must,
        Should,
        MustNot,
    }

    /// <summary>Throws <see cref="OpenSearchException"/> when the text breaks the syntax.</summary>
    public Query Parse()
    {
        Query query = ParseClauses(_fields, 0);
        SkipBlanks();
        return _at == _text.Length ? query : throw Fail($"Encountered \"{_text[_at]}\" at column {_at}");
    }

    internal static bool IsAnd(JsonElement body) =>
        body.TryGetProperty("default_operator", out JsonElement operation) && QueryParser.Text(operation).Equals("and", StringComparison.OrdinalIgnoreCase);

    private Query ParseClauses(IReadOnlyList<FieldReference> fields, int depth)
    {
        if (depth > MaxDepth) throw Fail("it is nested too deeply");
        var clauses = new List<(Occur Occur, Query Query)>();
        while (true)
        {
            SkipBlanks();
            if (_at == _text.Length || _text[_at] == ')') break;
            bool and = TryWord("AND") || TryWord("&&");
            bool or = !and && (TryWord("OR") || TryWord("||"));
            if ((and || or) && clauses.Count == 0) throw Fail($"Encountered an operator at column {_at}");
            SkipBlanks();
            bool not = TryWord("NOT") || TrySymbol('-') || TrySymbol('!');
            bool required = !not && TrySymbol('+');
            SkipBlanks();
            if (_at == _text.Length) throw Fail($"Encountered \"<EOF>\" at column {_at}");
            if (and && clauses is [.., (Occur.Should, _) before]) clauses[^1] = (Occur.Must, before.Query);
            if (or && _defaultAnd && clauses is [.., (Occur.Must, _) alternative]) clauses[^1] = (Occur.Should, alternative.Query);
            Occur occur = not ? Occur.MustNot : required || and || _defaultAnd && !or ? Occur.Must : Occur.Should;
            clauses.Add((occur, ParseClause(fields, depth)));
        }

        if (clauses.Count == 0) return depth == 0 ? ConstantQuery.None : throw Fail($"Encountered \")\" at column {_at}");
        Query[] Of(Occur occur) => [.. clauses.Where(clause => clause.Occur == occur).Select(clause => clause.Query)];
        Query[] must = Of(Occur.Must), should = Of(Occur.Should);
        return new BoolQuery(must, should, Of(Occur.MustNot), must.Length == 0 && should.Length > 0 ? 1 : 0);
    }

    private Query ParseClause(IReadOnlyList<FieldReference> fields, int depth)
    {
        if (TryField(out string name))
        {
            if (name == "_exists_") return new ExistsQuery(_queries.Field(ReadTerm()));
            if (name == "*" && TrySymbol('*')) return ConstantQuery.All;
            fields = [_queries.Field(name)];
            SkipBlanks();
        }

        if (_at == _text.Length) throw Fail($"Encountered \"<EOF>\" at column {_at}");
        Query query;
        if (TrySymbol('('))
        {
            query = ParseClauses(fields, depth + 1);
            if (!TrySymbol(')')) throw Fail($"Encountered \"<EOF>\" at column {_at}");
        }
        else
        {
            query = _text[_at] switch
            {
                '"' => Each(fields, ReadPhrase(), (field, text) => QueryParser.Phrase(field, text, lastIsPrefix: false)),
                '[' or '{' => ParseRange(fields),
                '>' or '<' => ParseComparison(fields),
                _ => ParseTerm(fields),
            };
        }

        SkipModifiers();
        return query;
    }

    private Query ParseTerm(IReadOnlyList<FieldReference> fields)
    {
        int start = _at;
        string term = ReadTerm();
        if (term.Length == 0) throw Fail($"Encountered \"{(_at < _text.Length ? _text[_at] : ' ')}\" at column {_at}");
        string written = _text[start.._at];
        if (written == "*") return fields is [{ IsAll: false } single] ? new ExistsQuery(single) : ConstantQuery.All;
        bool isPattern = HasWildcard(written);
        return Each(fields, term, (field, text) => isPattern ? new PatternQuery(field, written, ignoreCase: true) : QueryParser.Match(field, text, all: true));
    }

    private Query ParseRange(IReadOnlyList<FieldReference> fields)
    {
        bool includesMin = _text[_at++] == '[';
        SkipBlanks();
        string min = _at < _text.Length && _text[_at] == '"' ? ReadPhrase() : ReadBound();
        SkipBlanks();
        if (!TryWord("TO")) throw Fail($"expected TO at column {_at}");
        SkipBlanks();
        string max = _at < _text.Length && _text[_at] == '"' ? ReadPhrase() : ReadBound();
        SkipBlanks();
        bool includesMax = TrySymbol(']');
        if (!includesMax && !TrySymbol('}')) throw Fail($"expected ] or }} at column {_at}");
        return Each(fields, "", (field, _) => Range(field, min, includesMin, max, includesMax));
    }

    private Query ParseComparison(IReadOnlyList<FieldReference> fields)
    {
        bool greater = _text[_at++] == '>', includes = TrySymbol('=');
        string bound = _at < _text.Length && _text[_at] == '"' ? ReadPhrase() : ReadTerm();
        return Each(fields, "", (field, _) => greater ? Range(field, bound, includes, "*", true) : Range(field, "*", true, bound, includes));
    }

    private Query Range(FieldReference field, string min, bool includesMin, string max, bool includesMax)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (min != "*") writer.WriteString(includesMin ? "gte" : "gt", min);
            if (max != "*") writer.WriteString(includesMax ? "lte" : "lt", max);
            writer.WriteEndObject();
        }

        using JsonDocument body = JsonDocument.Parse(buffer.WrittenMemory);
        return _queries.Range(field.Name, body.RootElement);
    }

    private static Query Each(IReadOnlyList<FieldReference> fields, string text, Func<FieldReference, string, Query> make) =>
        fields.Count == 1 ? make(fields[0], text) : new BoolQuery([], [.. fields.Select(field => make(field, text))], [], 1);

    private bool TryField(out string name)
    {
        int start = _at;
        name = ReadTerm();
        if (name.Length > 0 && TrySymbol(':')) return true;
        _at = start;
        return false;
    }

    /// <summary>Reads to the next special character; wildcards are part of the result, escapes are resolved.</summary>
    private string ReadTerm()
    {
        var term = new StringBuilder();
        for (; _at < _text.Length; _at++)
        {
            char c = _text[_at];
            if (c == '\\' && _at + 1 < _text.Length)
            {
                term.Append(_text[++_at]);
                continue;
            }

            if (char.IsWhiteSpace(c) || c is '(' or ')' or '[' or ']' or '{' or '}' or '"' or ':' or '^' or '~') break;
            if (c is '&' or '|' && _at + 1 < _text.Length && _text[_at + 1] == c) break;
            term.Append(c);
        }

        return term.ToString();
    }

    /// <summary>A bound of a range: like a term, with the colons and signs of times in it.</summary>
    private string ReadBound()
    {
        int start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && _text[_at] is not (']' or '}')) _at++;
        return _text[start.._at];
    }

    private string ReadPhrase()
    {
        var phrase = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length) phrase.Append(_text[++_at]);
            else if (_text[_at] == '"') break;
            else phrase.Append(_text[_at]);
        }

        if (_at == _text.Length) throw Fail($"Encountered \"<EOF>\" at column {_at}");
        _at++;
        return phrase.ToString();
    }

    private static bool HasWildcard(string written)
    {
        for (int i = 0; i < written.Length; i++)
        {
            if (written[i] == '\\') i++;
            else if (written[i] is '*' or '?') return true;
        }

        return false;
    }

    private void SkipModifiers()
    {
        while (_at < _text.Length && _text[_at] is ('^' or '~'))
        {
            _at++;
            while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.')) _at++;
        }
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }

    private bool TrySymbol(char symbol)
    {
        if (_at == _text.Length || _text[_at] != symbol) return false;
        _at++;
        return true;
    }

    private bool TryWord(string word)
    {
        if (!_text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal)) return false;
        int end = _at + word.Length;
        if (char.IsAsciiLetter(word[0]) && end < _text.Length && !char.IsWhiteSpace(_text[end]) && _text[end] is not ('(' or ')' or '"')) return false;
        _at = end;
        return true;
    }

    private OpenSearchException Fail(string problem) => _queries.FailedToParse(_text, problem);
}
