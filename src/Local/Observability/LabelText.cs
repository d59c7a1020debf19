using System.Globalization;

namespace LogPipeline.Local.Observability;

/// <summary>
/// Labels as the exposition format has them: <c>reason="mapping",tenant="shop"</c>, ordered by name, with <c>\</c>, <c>"</c> and line
/// feeds escaped. The text is the series' key as well.
/// </summary>
internal static class LabelText
{
    /// <summary>Writes the labels; false when they do not fit.</summary>
    public static bool TryWrite(ReadOnlySpan<KeyValuePair<string, object?>> tags, Span<char> destination, out int length)
    {
        length = 0;
        string? last = null;
        for (int written = 0; written < tags.Length; written++)
        {
            int next = Next(tags, last);
            if (next < 0) return true; // a name given twice is written once
            if (!TryWriteOne(tags[next], written > 0, destination, ref length)) return false;
            last = tags[next].Key;
        }
        return true;
    }

    /// <summary>Writes labels of any length.</summary>
    public static char[] Write(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        for (int size = 4_096; ; size *= 2)
        {
            var text = new char[size];
            if (TryWrite(tags, text, out int length)) return text[..length];
        }
    }

    /// <summary>The smallest name above the last one; labels are few.</summary>
    private static int Next(ReadOnlySpan<KeyValuePair<string, object?>> tags, string? last)
    {
        int next = -1;
        for (int i = 0; i < tags.Length; i++)
        {
            if (string.CompareOrdinal(tags[i].Key, last) > 0 && (next < 0 || string.CompareOrdinal(tags[i].Key, tags[next].Key) < 0)) next = i;
        }
        return next;
    }

    private static bool TryWriteOne(KeyValuePair<string, object?> tag, bool comma, Span<char> destination, ref int length)
    {
        Span<char> number = stackalloc char[64];
        scoped ReadOnlySpan<char> value = tag.Value as string;
        if (tag.Value is bool flag) value = flag ? "true" : "false";
        else if (tag.Value is ISpanFormattable formattable && formattable.TryFormat(number, out int digits, default, CultureInfo.InvariantCulture)) value = number[..digits];
        else if (tag.Value is not (null or string)) value = tag.Value.ToString();

        return (!comma || Append(",", destination, ref length)) && Append(tag.Key, destination, ref length) && Append("=\"", destination, ref length)
            && AppendEscaped(value, destination, ref length) && Append("\"", destination, ref length);
    }

    private static bool AppendEscaped(ReadOnlySpan<char> value, Span<char> destination, ref int length)
    {
        foreach (char c in value)
        {
            ReadOnlySpan<char> written = c switch { '\\' => "\\\\", '"' => "\\\"", '\n' => "\\n", _ => [c] };
            if (!Append(written, destination, ref length)) return false;
        }
        return true;
    }

    private static bool Append(ReadOnlySpan<char> text, Span<char> destination, ref int length)
    {
        if (!text.TryCopyTo(destination[length..])) return false;
        length += text.Length;
        return true;
    }
}
