using System.Text;
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
    private readonly KnownKeys _known = new();

    // Those that are not known.
    private readonly JsonKeySet _keys = new();
    private readonly Level[] _levels = new Level[DepthCapacity];
    private byte[] _scratch = [];
    private int _keyCount;

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

        /// <summary>A bit for each known key that it has.</summary>
        public ulong KnownKeys;

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
        uint high = 0;
        JsonVerdict verdict = Scan(text, ref severity, ref high, out bool hasLines);
        // Outside of its strings an object is ASCII.
        if ((verdict == JsonVerdict.Object && high == 0) || verdict == JsonVerdict.NotAnObject || Utf8.IsValid(text))
        {
            if (verdict == JsonVerdict.Object) fields = hasLines ? OnOneLine(text) : text;
            return verdict;
        }
        severity = Severity.Unspecified;
        return JsonVerdict.NotAnObject;
    }

    private JsonVerdict Scan(ReadOnlySpan<byte> text, ref Severity severity, ref uint high, out bool hasLines)
    {
        _known.BeginText();
        _keys.Clear();
        _keyCount = 0;
        hasLines = false;
        int keyBefore = KnownKeys.None;
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
                hasLines |= value is (byte)'\n' or (byte)'\r';
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
                    int key = _known.Follow(text[(at + 1)..], keyBefore);
                    if (key >= 0)
                    {
                        int length = _known.LengthOf(key);
                        if (!TakesMore(length, ref _levels[depth]) || !TakeKnown(key, ref _levels[depth])) return JsonVerdict.BeyondLimit;
                        at += length + 3; // both quotes and the colon
                    }
                    else
                    {
                        int end = JsonScanner.StringEnd(text, at + 1, out int firstEscape, ref high);
                        if (end < 0) return JsonVerdict.NotAnObject;
                        int colon = SkipBlanks(text, end + 1, ref hasLines);
                        if (colon >= text.Length || text[colon] != ':') return JsonVerdict.NotAnObject;
                        if (!TakeKey(text, at + 1, end - at - 1, firstEscape >= 0, ref _levels[depth], out key)) return JsonVerdict.BeyondLimit;
                        if (key >= 0) _known.Remember(keyBefore, key);
                        severityKey = firstEscape < 0 ? JsonSeverity.KeyOf(text[(at + 1)..end]) : JsonSeverity.Key.None;
                        at = colon + 1;
                    }
                    keyBefore = key;
                    if (key >= 0) severityKey = _known.SeverityKeyOf(key);
                    if (depth > 1 || severity != Severity.Unspecified) severityKey = JsonSeverity.Key.None;
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
                    scalarEnd = JsonScanner.StringEnd(text, scalarStart, out _, ref high);
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
                    int scalarLength = ScalarLength(text[at..], out bool isStorable);
                    if (scalarLength == 0) return JsonVerdict.NotAnObject;
                    if (!isStorable) return JsonVerdict.BeyondLimit;
                    scalarEnd = at + scalarLength;
                    at = scalarEnd;
                    break;
            }

            expect = Expect.CommaOrEnd;
            if (text.Length - at > 1 && text[at] == ',' && text[at + 1] == '"' && _levels[depth].IsObject)
            {
                at++;
                expect = Expect.Key;
            }
            if (severityKey == JsonSeverity.Key.None || depth != 1) continue;
            Severity found = JsonSeverity.Of(severityKey, text[scalarStart..scalarEnd]);
            if (severityKey == JsonSeverity.Key.Level) severity = found;
            else if (fallback == Severity.Unspecified) fallback = found;
            severityKey = JsonSeverity.Key.None;
        }

        return JsonVerdict.NotAnObject;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> text, int at, ref bool hasLines)
    {
        for (; at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r'; at++) hasLines |= text[at] is (byte)'\n' or (byte)'\r';
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

    // Whether an object may have one key more, of so many bytes.
    private bool TakesMore(int keyBytes, ref Level level)
    {
        level.PathBytes = level.BasePathBytes + keyBytes + 1;
        return ++_keyCount <= JsonKeySet.MaxKeys && level.PathBytes <= MaxStringBytes;
    }

    private static bool TakeKnown(int key, ref Level level)
    {
        ulong bit = 1UL << key;
        if ((level.KnownKeys & bit) != 0) return false;
        level.KnownKeys |= bit;
        return true;
    }

    // A key is either known or in the set for as long as a text is read.
    private bool TakeKey(ReadOnlySpan<byte> text, int start, int length, bool hasEscapes, ref Level level, out int known)
    {
        known = KnownKeys.None;
        if (!TakesMore(length, ref level)) return false;
        if (hasEscapes)
        {
            if (_scratch.Length < length) _scratch = new byte[Math.Max(length, _scratch.Length * 2)];
            ReadOnlySpan<byte> meant = _scratch.AsSpan(0, JsonKey.Unescape(text.Slice(start, length), _scratch));
            int same = _known.Find(meant);
            return same >= 0 ? TakeKnown(same, ref level) : JsonKey.IsStorable(meant) && _keys.TryAddUnescaped(level.ObjectNumber, text, meant);
        }
        ReadOnlySpan<byte> key = text.Slice(start, length);
        known = _known.Find(key);
        if (known < 0)
        {
            if (!JsonKey.IsStorable(key)) return false;
            if (_keys.Count == 0 && Ascii.IsValid(key)) known = _known.Add(key);
        }
        return known >= 0 ? TakeKnown(known, ref level) : _keys.TryAdd(level.ObjectNumber, text, start, length);
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
