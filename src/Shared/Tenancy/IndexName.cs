using System.Text;

namespace LogPipeline.Tenancy;

/// <summary>The concrete index of one day. ASCII, safe inside JSON and URLs as it is.</summary>
public sealed class IndexName(string text, int day)
{
    public string Text { get; } = text;

    /// <summary>The same in UTF-8, for bulk bodies.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; } = Encoding.ASCII.GetBytes(text);

    /// <summary>Days since 1970-01-01, UTC.</summary>
    public int Day { get; } = day;

    public override string ToString() => Text;
}
