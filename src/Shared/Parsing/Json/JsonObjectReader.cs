using System.Text.Unicode;
using LogPipeline.Formats;

namespace LogPipeline.Parsing.Json;

/// <summary>
/// Checks in one pass that a text is a JSON object which can be embedded in a bulk body, and finds its severity. Strict JSON (RFC 8259),
/// valid UTF-8, lone surrogate escapes allowed. Beyond a limit, as stores refuse it or die of it: deeper than <c>maxDepth</c> (the
/// outermost object is 1), a key twice in one object, a key that <see cref="JsonKey.IsStorable"/> refuses, more than
/// <see cref="JsonKeySet.MaxKeys"/> keys, a string (with the keys above it) over <see cref="MaxStringBytes"/>, a number that
/// <see cref="JsonNumber"/> does not take. Owns scratch buffers: one instance a worker.
/// </summary>
internal sealed class JsonObjectReader(int maxDepth)
{
    /// <summary>Lucene refuses a term over 32,766 bytes; the term of a <c>flat_object</c> is path and value.</summary>
    public const int MaxStringBytes = 32_000;

    private const int DepthCapacity = 64;

    private readonly int _maxDepth = maxDepth is > 0 and < DepthCapacity ? maxDepth : throw new ArgumentOutOfRangeException(nameof(maxDepth), maxDepth, "1 to 63");
    private readonly JsonKeySet _keys = new();
    private readonly Level[] _levels = new Level[DepthCapacity];
    private byte[] _scratch = [];

    private enum Expect : byte
    {
        KeyOrEnd,
        Key,
        Value,
        ValueOrEnd,
        CommaOrEnd,
    }

    private struct Level
    {
        public bool IsObject;
        public int ObjectNumber;

        /// <summary>Bytes of the keys above and of the current one, dots included.</summary>
        public int PathBytes;

        /// <summary><see cref="PathBytes"/> without the current key.</summary>
        public int BasePathBytes;
    }

    /// <summary>Braces around it: worth reading.</summary>
    public static bool LooksLikeObject(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || (text[0] != '{' && text[0] > ' ')) return false;
        ReadOnlySpan<byte> trimmed = text.Trim(" \t\r\n"u8);
        return trimmed.Length >= 2 && trimmed[0] == '{' && trimmed[^1] == '}';
    }

    /// <summary>
    /// Reads a text that <see cref="LooksLikeObject"/>. <paramref name="fields"/> is the object on one line, a slice of the text or of this
    /// reader's scratch buffer (valid until the next call); empty unless the verdict is <see cref="JsonVerdict.Object"/>.
    /// <paramref name="severity"/> is what was found until the verdict.
    /// </summary>
    public JsonVerdict Read(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> fields, out Severity severity)
    {
        fields = default;
        text = text.Trim(" \t\r\n"u8);
        severity = Severity.Unspecified;
        if (!Utf8.IsValid(text)) return JsonVerdict.NotAnObject;
        JsonVerdict verdict = Scan(text, ref severity);
        if (verdict == JsonVerdict.Object) fields = text.ContainsAny((byte)'\n', (byte)'\r') ? OnOneLine(text) : text;
        return verdict;
    }

    private JsonVerdict Scan(ReadOnlySpan<byte> text, ref Severity severity)
    {
        _keys.Clear();
        Severity fallback = Severity.Unspecified;
        JsonSeverity.Key severityKey = JsonSeverity.Key.None;
        int depth = 1, objects = 1, at = 1;
        _levels[1] = new Level { IsObject = true };
        Expect expect = Expect.KeyOrEnd;
        while (at < text.Length)
        {
            byte value = text[at];
            if (value <= ' ')
            {
                if (value is not ((byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')) return JsonVerdict.NotAnObject;
                at++;
                continue;
            }

            switch (expect)
            {
                case Expect.CommaOrEnd when value == ',':
                    at++;
                    expect = _levels[depth].IsObject ? Expect.Key : Expect.Value;
                    continue;
                case Expect.CommaOrEnd or Expect.KeyOrEnd or Expect.ValueOrEnd when value == (_levels[depth].IsObject ? (byte)'}' : (byte)']'):
                    at++;
                    expect = Expect.CommaOrEnd;
                    if (--depth > 0) continue;
                    if (severity == Severity.Unspecified) severity = fallback;
                    return at == text.Length ? JsonVerdict.Object : JsonVerdict.NotAnObject;
                case Expect.KeyOrEnd or Expect.Key when value == '"':
                {
                    int end = JsonScanner.StringEnd(text, at + 1, out int firstEscape);
                    bool hasEscapes = firstEscape >= 0;
                    if (end < 0) return JsonVerdict.NotAnObject;
                    int colon = SkipBlanks(text, end + 1);
                    if (colon >= text.Length || text[colon] != ':') return JsonVerdict.NotAnObject;
                    if (!TakeKey(text, at + 1, end - at - 1, hasEscapes, ref _levels[depth])) return JsonVerdict.BeyondLimit;
                    severityKey = depth == 1 && severity == Severity.Unspecified && !hasEscapes ? JsonSeverity.KeyOf(text[(at + 1)..end]) : JsonSeverity.Key.None;
                    at = colon + 1;
                    expect = Expect.Value;
                    continue;
                }

                case Expect.CommaOrEnd or Expect.KeyOrEnd or Expect.Key:
                    return JsonVerdict.NotAnObject;
            }

            int scalarStart = at, scalarEnd;
            switch (value)
            {
                case (byte)'"':
                    scalarStart = at + 1;
                    scalarEnd = JsonScanner.StringEnd(text, scalarStart, out _);
                    if (scalarEnd < 0) return JsonVerdict.NotAnObject;
                    if (scalarEnd - scalarStart + _levels[depth].PathBytes > MaxStringBytes) return JsonVerdict.BeyondLimit;
                    at = scalarEnd + 1;
                    break;
                case (byte)'{' or (byte)'[':
                    if (depth == _maxDepth) return JsonVerdict.BeyondLimit;
                    bool isObject = value == '{';
                    int path = _levels[depth].PathBytes;
                    _levels[++depth] = new Level { IsObject = isObject, ObjectNumber = isObject ? objects++ : 0, PathBytes = path, BasePathBytes = path };
                    expect = isObject ? Expect.KeyOrEnd : Expect.ValueOrEnd;
                    severityKey = JsonSeverity.Key.None;
                    at++;
                    continue;
                default:
                    int length = ScalarLength(text[at..], out bool isStorable);
                    if (length == 0) return JsonVerdict.NotAnObject;
                    if (!isStorable) return JsonVerdict.BeyondLimit;
                    scalarEnd = at + length;
                    at = scalarEnd;
                    break;
            }

            expect = Expect.CommaOrEnd;
            if (severityKey == JsonSeverity.Key.None || depth != 1) continue;
            Severity found = JsonSeverity.Of(severityKey, text[scalarStart..scalarEnd]);
            if (severityKey == JsonSeverity.Key.Level) severity = found;
            else if (fallback == Severity.Unspecified) fallback = found;
            severityKey = JsonSeverity.Key.None;
        }

        return JsonVerdict.NotAnObject;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') at++;
        return at;
    }

    private static int ScalarLength(ReadOnlySpan<byte> text, out bool isStorable)
    {
        isStorable = true;
        return text[0] switch
        {
            (byte)'t' => text.StartsWith("true"u8) ? 4 : 0,
            (byte)'f' => text.StartsWith("false"u8) ? 5 : 0,
            (byte)'n' => text.StartsWith("null"u8) ? 4 : 0,
            _ => JsonNumber.Measure(text, out isStorable),
        };
    }

    private bool TakeKey(ReadOnlySpan<byte> text, int start, int length, bool hasEscapes, ref Level level)
    {
        level.PathBytes = level.BasePathBytes + length + 1;
        if (_keys.Count == JsonKeySet.MaxKeys || level.PathBytes > MaxStringBytes) return false;
        if (!hasEscapes) return JsonKey.IsStorable(text.Slice(start, length)) && _keys.TryAdd(level.ObjectNumber, text, start, length);
        if (_scratch.Length < length) _scratch = new byte[Math.Max(length, _scratch.Length * 2)];
        ReadOnlySpan<byte> key = _scratch.AsSpan(0, JsonKey.Unescape(text.Slice(start, length), _scratch));
        return JsonKey.IsStorable(key) && _keys.TryAddUnescaped(level.ObjectNumber, text, key);
    }

    /// <summary>The text without its line ends and what blanks follow them. In valid JSON they stand only between tokens, where none is needed.</summary>
    private ReadOnlySpan<byte> OnOneLine(ReadOnlySpan<byte> text)
    {
        if (_scratch.Length < text.Length) _scratch = new byte[Math.Max(text.Length, _scratch.Length * 2)];
        int length = 0;
        while (!text.IsEmpty)
        {
            int end = text.IndexOfAny((byte)'\n', (byte)'\r');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            line.CopyTo(_scratch.AsSpan(length));
            length += line.Length;
            text = text[line.Length..].TrimStart(" \t\r\n"u8);
        }

        return _scratch.AsSpan(0, length);
    }
}
