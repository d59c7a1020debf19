using System.Text;

namespace LogPipeline.Local.Store.Documents;

/// <summary>Looks for a word in bytes without regard to ASCII case, many times faster than reading them as JSON.</summary>
internal readonly struct ByteSearch
{
    // The rarer of these in log text, the earlier; anything not named (digits, punctuation) counts as rarer than all letters but the first.
    private const string RarestFirst = "qjzxkvwybgfphumdlcsnoriate";

    private readonly byte[] _lowered;
    private readonly int _pivot;
    private readonly byte _pivotLower, _pivotUpper;

    /// <param name="lowered">The word, in lower case.</param>
    public ByteSearch(byte[] lowered)
    {
        _lowered = lowered;
        _pivot = 0;
        for (int i = 1; i < lowered.Length; i++)
        {
            if (Rank(lowered[i]) < Rank(lowered[_pivot])) _pivot = i;
        }

        _pivotLower = lowered[_pivot];
        _pivotUpper = _pivotLower is >= (byte)'a' and <= (byte)'z' ? (byte)(_pivotLower - 32) : _pivotLower;
    }

    /// <summary>Whether this can say anything: case beyond ASCII is left to the slow way.</summary>
    public static bool CanSearch(ReadOnlySpan<byte> word) => word.Length > 0 && Ascii.IsValid(word);

    public bool IsIn(ReadOnlySpan<byte> text)
    {
        int length = _lowered.Length, at = _pivot;
        while (at < text.Length)
        {
            int found = _pivotLower == _pivotUpper ? text[at..].IndexOf(_pivotLower) : text[at..].IndexOfAny(_pivotLower, _pivotUpper);
            if (found < 0) return false;
            int start = at + found - _pivot;
            if (start + length > text.Length) return false;
            if (Ascii.EqualsIgnoreCase(text.Slice(start, length), _lowered)) return true;
            at += found + 1;
        }

        return false;
    }

    private static int Rank(byte value)
    {
        int rank = RarestFirst.IndexOf((char)value, StringComparison.Ordinal);
        return rank < 0 ? 4 : rank;
    }
}
