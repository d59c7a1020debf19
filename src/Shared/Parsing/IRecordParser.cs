namespace LogPipeline.Parsing;

/// <summary>
/// Finds severity and fields in the text of a record. One instance belongs to one worker (it may own scratch buffers). It never
/// throws, whatever the bytes, and never changes the text.
/// </summary>
public interface IRecordParser
{
    void Parse(ReadOnlySpan<byte> text, out ParsedRecord parsed);
}
