using System.Buffers;
using System.Text;
using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Tests.Indexing;

/// <summary>Makes bodies as the encoder does.</summary>
internal static class Documents
{
    public const long FirstNanos = 1_795_190_410_123_456_789;

    public static string Id(int n) => $"A{n:D30}";

    public static string Source(string tenant, int n, string text, long length, long nanos) =>
        $$$"""{"@timestamp":"{{{StoredTimestamp.Format(nanos)}}}","body":"{{{text}}}","tenant":"{{{tenant}}}","resource":{"host.name":"n1"},"attributes":{"log.iostream":"stdout","log.file.path":"/var/log/pods/a.log","log.file.id":"abcdefghijklmnopqrstuv","log.offset":{{{n * 100}}},"log.length":{{{length}}}}}""";

    public static BulkBody Body(string tenant, params int[] numbers) => Body(tenant, n => $"line {n}", numbers);

    public static BulkBody Body(string tenant, Func<int, string> text, params int[] numbers)
    {
        BulkBody body = new(tenant, 1024);
        foreach (int n in numbers) Add(body, $"logs-{tenant}-2026.11.20", n, text(n), 99, FirstNanos + n);
        return body;
    }

    public static void Add(BulkBody body, string index, int n, string text, long length, long nanos, string extraAction = "")
    {
        int start = body.Length;
        body.Write(Encoding.UTF8.GetBytes($$$"""{"create":{"_index":"{{{index}}}","_id":"{{{Id(n)}}}"{{{extraAction}}}}}""" + "\n"));
        int action = body.Length - start;
        body.Write(Encoding.UTF8.GetBytes(Source(body.Tenant, n, text, length, nanos == LogEntry.NoTimestamp ? FirstNanos : nanos) + "\n"));
        body.Add(new BulkItem { Start = start, ActionLength = action, SourceLength = body.Length - start - action, RecordLengthBytes = length, TimestampNanos = nanos });
    }

    public static ItemOutcome[] Outcomes(this BulkBody body) => [.. body.Items.ToArray().Select(i => i.Outcome)];
}
