using System.Text;
using System.Text.Json;

namespace LogPipeline.Local.Store.Queries;

/// <summary>
/// OpenSearch's syntax that cannot fail: <c>+</c> and, <c>|</c> or, <c>-</c> not, <c>"a phrase"</c>, <c>pre*</c>, <c>( )</c>, <c>~n</c>
/// without effect, a backslash before a special character. What makes no sense is left out.
/// </summary>
internal sealed class SimpleQueryStringParser(QueryParser queries, JsonElement body)
{
    private const int MaxDepth = 20;

    private readonly string _text = QueryParser.Text(QueryParser.Required(body, "query"));
    private readonly IReadOnlyList<FieldReference> _fields = queries.Fields(body);
    private readonly bool _defaultAnd = QueryStringParser.IsAnd(body);
    private int _at;

    public Query Parse() => _text.Trim() == "*" ? ConstantQuery.All : ParseGroup(0) ?? ConstantQuery.None;

    private Query? ParseGroup(int depth)
    {
        Query? result = null;
        bool? and = null;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (char.IsWhiteSpace(c))
            {
                _at++;
            }
            else if (c is '+' or '|')
            {
                and = c == '+';
                _at++;
            }
            else if (c == ')')
            {
                _at++;
                if (depth > 0) return result;
            }
            else
            {
                Query? clause = ParseClause(depth);
                if (clause is null) continue;
                result = result is null ? clause
                    : and ?? _defaultAnd ? new BoolQuery([result, clause], [], [], 0)
                    : new BoolQuery([], [result, clause], [], 1);
                and = null;
            }
        }

        return result;
    }

    private Query? ParseClause(int depth)
    {
        if (_text[_at] == '-' && _at + 1 < _text.Length && !char.IsWhiteSpace(_text[_at + 1]))
        {
            _at++;
            return ParseClause(depth) is { } negated ? new BoolQuery([], [], [negated], 0) : null;
        }

        if (_text[_at] == '(')
        {
            _at++;
            return depth < MaxDepth ? ParseGroup(depth + 1) : null;
        }

        int closing = _text[_at] == '"' ? _text.IndexOf('"', _at + 1) : -1;
        if (closing > 0)
        {
            string phrase = _text[(_at + 1)..closing];
            _at = closing + 1;
            SkipSlop();
            return Each(field => QueryParser.Phrase(field, phrase, lastIsPrefix: false));
        }

        string word = ReadWord(out bool isPrefix);
        if (word.Length == 0) return null;
        return Each(field => isPrefix ? new PatternQuery(field, PatternQuery.FromPrefix(word), ignoreCase: true) : QueryParser.Match(field, word, all: _defaultAnd));
    }

    private string ReadWord(out bool isPrefix)
    {
        var word = new StringBuilder();
        isPrefix = false;
        int start = _at;
        for (; _at < _text.Length; _at++)
        {
            char c = _text[_at];
            if (c == '\\' && _at + 1 < _text.Length)
            {
                word.Append(_text[++_at]);
                continue;
            }

            if (char.IsWhiteSpace(c) || c is '(' or ')' or '|' or '+' || c == '"' && _at > start) break;
            if (c == '~')
            {
                SkipSlop();
                break;
            }

            word.Append(c);
        }

        if (word.Length == 0 || word[^1] != '*') return word.ToString();
        isPrefix = true;
        return word.ToString(0, word.Length - 1);
    }

    private void SkipSlop()
    {
        if (_at == _text.Length || _text[_at] != '~') return;
        _at++;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
    }

    private Query Each(Func<FieldReference, Query> make) =>
        _fields.Count == 1 ? make(_fields[0]) : new BoolQuery([], [.. _fields.Select(make)], [], 1);
}
