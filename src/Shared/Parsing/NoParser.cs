namespace LogPipeline.Parsing;

/// <summary>Looks at nothing.</summary>
public sealed class NoParser : IRecordParser
{
    public void Parse(ReadOnlySpan<byte> text, out ParsedRecord parsed) => parsed = default;
}
