using System.Text;
using BenchmarkDotNet.Attributes;
using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Benchmarks.Micro;

/// <summary>The store's answer about a thousand documents.</summary>
public class BulkResponse
{
    private readonly byte[] _created = Answer("""{"create":{"status":201}}""", errors: "false");
    private readonly byte[] _failed = Answer("""{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"queue full"}}}""", errors: "true");
    private readonly ItemAnswer[] _items = new ItemAnswer[SampleLogs.Lines];

    [Benchmark]
    public bool AllCreated() => BulkResponseReader.IsAllCreated(_created, SampleLogs.Lines);

    [Benchmark]
    public bool WithFailures() => !BulkResponseReader.IsAllCreated(_failed, SampleLogs.Lines) && BulkResponseReader.TryRead(_failed, _items);

    private static byte[] Answer(string item, string errors) =>
        Encoding.UTF8.GetBytes($"{{\"took\":7,\"errors\":{errors},\"items\":[{string.Join(',', Enumerable.Repeat(item, SampleLogs.Lines))}]}}");
}
