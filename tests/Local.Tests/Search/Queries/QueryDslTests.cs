using System.Buffers;
using System.Text;
using System.Text.Json;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Parsing;

namespace LogPipeline.Tests.Search.Queries;

public sealed class QueryDslTests
{
    [Fact]
    public void An_empty_filter_asks_for_everything() =>
        Assert.Equal("""{"bool":{"filter":[]}}""", Write(new LogFilter()));

    [Fact]
    public void Every_part_of_a_filter_narrows()
    {
        var filter = new LogFilter
        {
            FromNanos = 1795192810123456789,
            ToNanos = 1795192811000000000,
            Tenants = ["a"],
            Namespaces = ["shop", "billing"],
            Levels = ["ERROR", LogLevels.None],
            MinimumLevel = Severity.Warn,
            Query = "x",
        };
        Assert.Equal(
            """{"bool":{"filter":[{"range":{"@timestamp":{"gte":"2026-11-20T16:40:10.123456789Z","lt":"2026-11-20T16:40:11.000000000Z"}}},"""
            + """{"terms":{"tenant":["a"]}},{"terms":{"resource.k8s.namespace.name":["shop","billing"]}},"""
            + """{"bool":{"should":[{"term":{"severity.text":"ERROR"}},{"bool":{"must_not":[{"exists":{"field":"severity.text"}}]}}],"minimum_should_match":1}},"""
            + """{"range":{"severity.number":{"gte":13}}},{"match_phrase":{"body":"x"}}]}}""",
            Write(filter));
    }

    [Theory]
    [InlineData("user:42", """{"bool":{"should":[{"term":{"attributes.fields.user":"42"}},{"term":{"resource.user":"42"}}],"minimum_should_match":1}}""")]
    [InlineData("-time*", """{"bool":{"must_not":[{"wildcard":{"body":{"value":"time*"}}}]}}""")]
    [InlineData("pod:a\\*b*c", """{"wildcard":{"resource.k8s.pod.name":{"value":"a\\*b*c"}}}""")]
    [InlineData("pod:car*", """{"prefix":{"resource.k8s.pod.name":"car"}}""")]
    [InlineData("a OR b", """{"bool":{"should":[{"match_phrase":{"body":"a"}},{"match_phrase":{"body":"b"}}],"minimum_should_match":1}}""")]
    public void Each_form_has_its_query(string text, string expected) =>
        Assert.Equal("""{"bool":{"filter":[""" + expected + "]}}", Write(new LogFilter { Query = text }));

    [Fact]
    public void What_is_typed_stays_a_value()
    {
        string json = Write(new LogFilter { Query = "\"}}],\\\"match_all\\\":{}\"" });
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement only = Assert.Single(document.RootElement.GetProperty("bool").GetProperty("filter").EnumerateArray());
        Assert.Equal("}}],\"match_all\":{}", only.GetProperty("match_phrase").GetProperty("body").GetString());
    }

    private static string Write(LogFilter filter)
    {
        Assert.True(QueryParser.TryParse(filter.Query, out QueryNode query, out QuerySyntaxError? error), error?.Message);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            QueryDsl.Write(json, filter, query);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
