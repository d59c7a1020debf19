using BenchmarkDotNet.Attributes;
using LogPipeline.Configuration;
using LogPipeline.Parsing;

namespace LogPipeline.Benchmarks.Micro;

/// <summary>What is found in a record's text: whether it is JSON, the fields that are merged into the document, the severity.</summary>
public class Parsing
{
    private readonly IRecordParser _auto = RecordParsers.Create(new ParsingOptions { Parser = "auto" }), _json = RecordParsers.Create(new ParsingOptions { Parser = "json" });

    [Benchmark]
    public long JsonDetection() => Parse(_auto, SampleLogs.Texts);

    [Benchmark]
    public long JsonMerge() => Parse(_json, SampleLogs.JsonTexts);

    private static long Parse(IRecordParser parser, byte[][] texts)
    {
        long sum = 0;
        foreach (byte[] text in texts)
        {
            parser.Parse(text, out ParsedRecord parsed);
            sum += parsed.FieldsJson.Length + (int)parsed.Severity;
        }
        return sum;
    }
}
