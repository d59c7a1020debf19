using LogPipeline.Configuration;
namespace LogPipeline.Parsing;
public static class RecordParsers { public static IRecordParser Create(ParsingOptions options) => new P(); private sealed class P : IRecordParser { public void Parse(ReadOnlySpan<byte> text, out ParsedRecord parsed) => parsed = default; } }
