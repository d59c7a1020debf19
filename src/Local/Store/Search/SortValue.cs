using System.Text;
using System.Text.Json;

namespace LogPipeline.Local.Store.Search;

/// <summary>One value that hits are ordered by: nothing, a whole number (times are nanoseconds), a number, or a text by its UTF-8.</summary>
internal readonly struct SortValue
{
    private readonly Kind _kind;
    private readonly long _long;
    private readonly double _double;
    private readonly byte[]? _text;

    private SortValue(Kind kind, long whole, double number, byte[]? text)
    {
        _kind = kind;
        _long = whole;
        _double = number;
        _text = text;
    }

    private enum Kind : byte
    {
        Missing,
        Long,
        Double,
        Text,
    }

    public static SortValue Missing => default;

    public bool IsMissing => _kind == Kind.Missing;

    public long AsLong => _kind == Kind.Double ? (long)_double : _long;

    public double AsDouble => _kind == Kind.Long ? _long : _double;

    public bool IsText => _kind == Kind.Text;

    public string AsText => _text is null ? "" : Encoding.UTF8.GetString(_text);

    public static SortValue From(long value) => new(Kind.Long, value, 0, null);

    public static SortValue From(double value) => new(Kind.Double, 0, value, null);

    public static SortValue From(ReadOnlySpan<byte> text) => new(Kind.Text, 0, 0, text.ToArray());

    /// <summary>Ascending; neither is missing. A number comes before a text.</summary>
    public int CompareTo(in SortValue other)
    {
        if (_kind == Kind.Text || other._kind == Kind.Text)
        {
            return _kind != other._kind ? _kind.CompareTo(other._kind) : _text.AsSpan().SequenceCompareTo(other._text);
        }

        return _kind == Kind.Long && other._kind == Kind.Long ? _long.CompareTo(other._long) : AsDouble.CompareTo(other.AsDouble);
    }

    /// <summary>Equal for values that <see cref="CompareTo"/> finds equal.</summary>
    public override int GetHashCode()
    {
        if (_kind != Kind.Text) return AsDouble.GetHashCode();
        var hash = new HashCode();
        hash.AddBytes(_text);
        return hash.ToHashCode();
    }

    public override bool Equals(object? obj) => obj is SortValue other && IsMissing == other.IsMissing && CompareTo(other) == 0;

    /// <summary>Writes the value; a time divided down to <paramref name="nanosPerUnit"/>.</summary>
    public void Write(Utf8JsonWriter writer, long nanosPerUnit)
    {
        switch (_kind)
        {
            case Kind.Long:
                writer.WriteNumberValue(_long / nanosPerUnit);
                break;
            case Kind.Double:
                writer.WriteNumberValue(_double);
                break;
            case Kind.Text:
                writer.WriteStringValue(_text);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
