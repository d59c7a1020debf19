using System.Globalization;
using System.Text;

namespace LogPipeline.Tests.Store;

/// <summary>Documents in the shape that the pipeline's encoder writes, for bulk bodies.</summary>
internal static class StoreDocuments
{
    public const string Template = """
        {"index_patterns":["logs-*"],"priority":100,"template":{"mappings":{"dynamic_templates":[{"resource":{"path_match":"resource.*","match_mapping_type":"string","mapping":{"type":"keyword"}}}],
        "properties":{"@timestamp":{"type":"date_nanos"},"body":{"type":"text"},"tenant":{"type":"keyword"},
        "severity":{"properties":{"text":{"type":"keyword"},"number":{"type":"long"}}},
        "attributes":{"properties":{"log.iostream":{"type":"keyword"},"log.file.path":{"type":"keyword"},"log.file.id":{"type":"keyword"},"log.offset":{"type":"long"},"log.length":{"type":"long"},
        "log.sequence":{"type":"keyword"},"log.flags":{"type":"keyword"},"fields":{"type":"flat_object"}}}}}}}
        """;

    private static readonly string[] s_words = "payment order cart user session timeout connection refused database shard cluster worker queue message retry failed started GET POST".Split(' ');

    private static readonly string[] s_levels = ["DEBUG", "INFO", "INFO", "INFO", "WARN", "ERROR"];

    /// <summary>Appends an action line and a source line. Everything but <paramref name="number"/> follows from it.</summary>
    public static void Append(StringBuilder body, string index, int number, string? words = null)
    {
        var random = new Random(number);
        string text = words ?? string.Join(' ', Enumerable.Range(0, random.Next(6, 20)).Select(_ => s_words[random.Next(s_words.Length)])) + " #" + number.ToString(CultureInfo.InvariantCulture);
        int pod = number / 500 % 20;
        string action = $$$"""{"create":{"_index":"{{{index}}}","_id":"{{{Id(number)}}}"}}""";
        string time = Time(number).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture);
        string offset = (number * 100L).ToString(CultureInfo.InvariantCulture), sequence = (number * 100L).ToString("D15", CultureInfo.InvariantCulture);
        string source = $$$"""
            {"@timestamp":"{{{time}}}00Z","body":"{{{text}}}","severity":{"text":"{{{s_levels[(number + 6) % 6]}}}","number":9},"tenant":"tenant-{{{number / 1000 % 5}}}",
            "resource":{"host.name":"n1","k8s.namespace.name":"shop","k8s.pod.name":"cart-{{{pod}}}","k8s.pod.uid":"3a5e1c9a-84c5-4b3e-9f39-12345678{{{pod:0000}}}","k8s.container.name":"app","k8s.container.restart_count":0},
            "attributes":{"log.iostream":"stdout","log.file.path":"/var/log/pods/shop_cart-{{{pod}}}_3a5e1c9a/app/0.log","log.file.id":"AAECAwQFBgcICQoLDA{{{pod:0000}}}","log.offset":{{{offset}}},"log.length":100,"log.sequence":"00000-1795190020-{{{sequence}}}"}}
            """;
        body.Append(action).Append('\n').Append(source.ReplaceLineEndings("")).Append('\n');
    }

    public static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"1AAECAwQFBgcICQoLDA0OD-{number:00000000}");

    public static DateTime Time(int number) => new DateTime(2026, 11, 20, 10, 0, 0, DateTimeKind.Utc).AddMilliseconds(number);

    public static string Bulk(string index, int first, int count)
    {
        var body = new StringBuilder(count * 800);
        for (int i = 0; i < count; i++) Append(body, index, first + i);
        return body.ToString();
    }
}
