using System.Text;

namespace LogPipeline.Local.Search.Queries;

/// <summary>
/// Cuts a query into tokens.
/// <code>
/// token      = "(" | ")" | "-" (before a token) | "AND" | "OR" | "NOT" | field | value
/// field      = name ":" [ "&gt;" | "&gt;=" | "&lt;" | "&lt;=" ] value
/// name       = letter or "_" or "@", then letters, digits, "_", ".", "-", "/", "@"
/// value      = phrase | word
/// phrase     = '"' { character | "\" character } '"'
/// word       = characters up to white space; "*" is a wildcard, in a field also "?"; "\" before one of  " \ : * ? ( ) -  makes it a plain character
/// </code>
/// What is pasted from a log should search for itself: <c>Error:</c>, <c>http://…</c>, <c>12:30:05</c>, <c>call(x)</c> and a lone
/// <c>-</c> are words (the last one is ignored).
/// </summary>
internal sealed class QueryLexer(string text)
{
    private const string Escapable = "\"\\:*?()-";

    private int _at;
    private int _openGroups;

    /// <summary>The next token. <c>false</c>: the text is broken there, <paramref name="error"/> says how.</summary>
    public bool TryNext(out QueryToken token, out QuerySyntaxError? error)
    {
        token = default;
        error = null;
        while (_at < text.Length && (char.IsWhiteSpace(text[_at]) || IsLoneMinus()))
        {
            _at++;
        }

        int start = _at;
        if (_at == text.Length)
        {
            token = new QueryToken(QueryTokenKind.End, start);
            return true;
        }

        switch (text[_at])
        {
            case '(':
                _at++;
                _openGroups++;
                token = new QueryToken(QueryTokenKind.Open, start);
                return true;
            case ')' when _openGroups > 0:
                _at++;
                _openGroups--;
                token = new QueryToken(QueryTokenKind.Close, start);
                return true;
            case '-':
                _at++;
                token = new QueryToken(QueryTokenKind.Minus, start);
                return true;
        }

        if (TryReadFieldName(out string name, out string comparison))
        {
            return TryReadValue(start, QueryTokenKind.Field, name, comparison, out token, out error);
        }

        if (TryReadValue(start, QueryTokenKind.Text, "", "", out token, out error))
        {
            QueryTokenKind keyword = token.Quoted ? QueryTokenKind.Text : token.Value switch
            {
                "AND" => QueryTokenKind.And,
                "OR" => QueryTokenKind.Or,
                "NOT" => QueryTokenKind.Not,
                _ => QueryTokenKind.Text,
            };
            token = token with { Kind = keyword };
            return true;
        }

        return false;
    }

    private bool IsLoneMinus() => text[_at] == '-' && (_at + 1 == text.Length || char.IsWhiteSpace(text[_at + 1]));

    private bool TryReadFieldName(out string name, out string comparison)
    {
        name = comparison = "";
        int end = _at;
        if (!char.IsAsciiLetter(text[end]) && text[end] is not ('_' or '@'))
        {
            return false;
        }

        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '.' or '-' or '/' or '@'))
        {
            end++;
        }

        if (end >= text.Length || text[end] != ':')
        {
            return false;
        }

        string candidate = text[_at..end];
        int after = end + 1;
        bool empty = after == text.Length || char.IsWhiteSpace(text[after]);
        bool address = text.AsSpan(after).StartsWith("//", StringComparison.Ordinal) || text.AsSpan(after).StartsWith(":", StringComparison.Ordinal);
        if (address || (empty && !LogFields.IsWellKnown(candidate)))
        {
            return false;
        }

        foreach (string sign in (string[])[">=", "<=", ">", "<"])
        {
            if (text.AsSpan(after).StartsWith(sign, StringComparison.Ordinal))
            {
                comparison = sign;
                after += sign.Length;
                break;
            }
        }

        name = candidate;
        _at = after;
        return true;
    }

    private bool TryReadValue(int start, QueryTokenKind kind, string name, string comparison, out QueryToken token, out QuerySyntaxError? error)
    {
        token = default;
        if (_at < text.Length && text[_at] == '"')
        {
            if (!TryReadPhrase(out string phrase, out error))
            {
                return false;
            }

            token = new QueryToken(kind, start, name, comparison, phrase, Quoted: true);
            return true;
        }

        error = null;
        string word = ReadWord(kind == QueryTokenKind.Field, out bool pattern);
        token = new QueryToken(kind, start, name, comparison, word, Pattern: pattern);
        return true;
    }

    private bool TryReadPhrase(out string phrase, out QuerySyntaxError? error)
    {
        int start = _at++;
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] != '"')
        {
            if (text[_at] == '\\' && _at + 1 < text.Length && (text[_at + 1] is '"' or '\\'))
            {
                _at++;
            }

            value.Append(text[_at++]);
        }

        phrase = value.ToString();
        error = _at < text.Length ? null : new QuerySyntaxError("This quotation mark has no second one: put one at the end of the phrase, or \\\" for a plain one.", start);
        _at++;
        return error is null;
    }

    private string ReadWord(bool ofField, out bool pattern)
    {
        var plain = new StringBuilder();
        var escaped = new StringBuilder();
        pattern = false;
        int openInWord = 0;
        for (; _at < text.Length && !char.IsWhiteSpace(text[_at]); _at++)
        {
            char c = text[_at];
            bool literal = c == '\\' && _at + 1 < text.Length && Escapable.Contains(text[_at + 1], StringComparison.Ordinal);
            if (literal)
            {
                c = text[++_at];
            }
            else if (c == ')' && openInWord == 0 && _openGroups > 0)
            {
                break;
            }

            openInWord += c == '(' ? 1 : c == ')' && openInWord > 0 ? -1 : 0;
            bool wildcard = !literal && (c == '*' || (c == '?' && ofField));
            pattern |= wildcard;
            plain.Append(c);
            if (!wildcard && (c is '*' or '?' or '\\'))
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
        }

        return pattern ? escaped.ToString() : plain.ToString();
    }
}
