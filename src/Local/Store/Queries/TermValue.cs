using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Queries;

/// <summary>A value to compare with, in each form that a field may have it in.</summary>
internal sealed class TermValue
{
    public TermValue(string text)
    {
        Text = Encoding.UTF8.GetBytes(text);
        IsNumber = Utf8Parser.TryParse(Text, out double number, out int used) && used == Text.Length && Text.Length > 0;
        Number = number;
        IsLong = Utf8Parser.TryParse(Text, out long whole, out used) && used == Text.Length && Text.Length > 0;
        Long = whole;
        IsTime = Timestamps.TryParse(Text, out long nanos);
        Nanos = nanos;
    }

    public byte[] Text { get; }

    public bool IsNumber { get; }

    public double Number { get; }

    public bool IsLong { get; }

    public long Long { get; }

    public bool IsTime { get; }

    public long Nanos { get; }

    /// <summary>Throws <see cref="OpenSearchException"/> for an object or an array.</summary>
    public static TermValue From(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => new TermValue(element.GetString()!),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => new TermValue(element.GetRawText()),
        _ => throw new OpenSearchException(OpenSearchError.IllegalArgument("a value is required")),
    };

    /// <summary>Whether a number as it is written in a document equals this one.</summary>
    public bool EqualsNumber(ReadOnlySpan<byte> written)
    {
        if (IsLong && Utf8Parser.TryParse(written, out long whole, out int used) && used == written.Length) return whole == Long;
        return IsNumber && Utf8Parser.TryParse(written, out double number, out used) && used == written.Length && number == Number;
    }
}
