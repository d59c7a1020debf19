using System.Text;

namespace LogPipeline.Sources.Layouts;

/// <summary>
/// One component of a glob: text, <c>*</c> (any run of characters), <c>?</c> (one character), <c>[abc]</c>, <c>[a-z]</c>, <c>[!a]</c> or <c>[^a]</c>;
/// <c>\x</c> is the character x itself. A leading dot is a character like any other.
/// </summary>
internal sealed class GlobSegment
{
    private readonly List<Token> _tokens = [];

    private GlobSegment()
    {
    }

    /// <summary>The text, when the segment has no wildcard.</summary>
    public string? Literal { get; private set; }

    /// <summary><c>**</c>: any number of components, none included.</summary>
    public bool AnyDepth { get; private init; }

    /// <summary>Null with the reason when the text is no segment.</summary>
    public static GlobSegment? Parse(string text, out string fault)
    {
        fault = "";
        if (text == "**") return new GlobSegment { AnyDepth = true };
        var segment = new GlobSegment();
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*':
                    if (segment._tokens is not [.., { Kind: TokenKind.AnyRun }]) segment._tokens.Add(new Token(TokenKind.AnyRun, '\0', ""));
                    break;
                case '?':
                    segment._tokens.Add(new Token(TokenKind.AnyOne, '\0', ""));
                    break;
                case '[':
                    // A ']' right behind the opening (and the negation) is a member.
                    bool negated = i + 1 < text.Length && text[i + 1] is '!' or '^';
                    int from = i + (negated ? 2 : 1);
                    int end = from < text.Length ? text.IndexOf(']', from + 1) : -1;
                    if (end < 0)
                    {
                        fault = $"'[' without ']' in '{text}'";
                        return null;
                    }

                    segment._tokens.Add(new Token(negated ? TokenKind.NoneOf : TokenKind.OneOf, '\0', text[from..end]));
                    i = end;
                    break;
                case '\\' when i + 1 < text.Length:
                    segment._tokens.Add(new Token(TokenKind.Character, text[++i], ""));
                    break;
                default:
                    segment._tokens.Add(new Token(TokenKind.Character, text[i], ""));
                    break;
            }
        }

        if (segment._tokens.TrueForAll(token => token.Kind == TokenKind.Character))
            segment.Literal = segment._tokens.Aggregate(new StringBuilder(), (literal, token) => literal.Append(token.Character)).ToString();
        return segment;
    }

    /// <summary>Linear in the name but for one star's restarts: each star only gives back to the last one.</summary>
    public bool IsMatch(ReadOnlySpan<char> name)
    {
        if (Literal is not null) return name.SequenceEqual(Literal);
        int token = 0, position = 0, starToken = -1, starPosition = 0;
        while (position < name.Length)
        {
            if (token < _tokens.Count && _tokens[token].Kind == TokenKind.AnyRun)
            {
                (starToken, starPosition) = (token++, position);
            }
            else if (token < _tokens.Count && _tokens[token].Accepts(name[position]))
            {
                token++;
                position++;
            }
            else if (starToken >= 0)
            {
                token = starToken + 1;
                position = ++starPosition;
            }
            else
            {
                return false;
            }
        }

        while (token < _tokens.Count && _tokens[token].Kind == TokenKind.AnyRun) token++;
        return token == _tokens.Count;
    }

    private enum TokenKind
    {
        Character,
        AnyOne,
        AnyRun,
        OneOf,
        NoneOf,
    }

    private readonly record struct Token(TokenKind Kind, char Character, string Set)
    {
        public bool Accepts(char c) => Kind switch
        {
            TokenKind.Character => c == Character,
            TokenKind.AnyOne => true,
            TokenKind.OneOf => Contains(c),
            _ => !Contains(c),
        };

        private bool Contains(char c)
        {
            for (int i = 0; i < Set.Length; i++)
            {
                if (i + 2 < Set.Length && Set[i + 1] == '-')
                {
                    if (c >= Set[i] && c <= Set[i + 2]) return true;
                    i += 2;
                }
                else if (c == Set[i])
                {
                    return true;
                }
            }

            return false;
        }
    }
}
