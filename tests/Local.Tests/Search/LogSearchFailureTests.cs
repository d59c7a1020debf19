using System.Net;
using System.Text.RegularExpressions;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Tests.Search;

/// <summary>What people are told when the store does not answer as it should. The bodies are those of a real OpenSearch.</summary>
public sealed class LogSearchFailureTests
{
    [Fact]
    public async Task A_missing_index_has_no_records()
    {
        LogSearch search = Over(_ => StubStore.Answer(HttpStatusCode.NotFound, """{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [logs-x]"}],"type":"index_not_found_exception"},"status":404}"""));
        SearchOutcome<LogResults> outcome = await search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 10, null, CancellationToken.None);
        Assert.Empty(outcome.Value!.Records);
        Assert.Null(outcome.Value.Next);
        SearchOutcome<LogHistogram> histogram = await search.HistogramAsync(new LogFilter(), 50, CancellationToken.None);
        Assert.Empty(histogram.Value!.Buckets);
        SearchOutcome<LogFacets> facets = await search.FacetsAsync(new LogFilter(), CancellationToken.None);
        Assert.Empty(facets.Value!.Pods.Values);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "", SearchFailureKind.Refused, "401: it wants other credentials")]
    [InlineData(HttpStatusCode.Forbidden, """{"error":{"root_cause":[{"type":"security_exception","reason":"no permissions for [indices:data/read/search]"}],"type":"security_exception"},"status":403}""", SearchFailureKind.Refused, "no permissions for [indices:data/read/search]")]
    [InlineData(HttpStatusCode.NotAcceptable, """{"error":"Content-Type header [text/x] is not supported","status":406}""", SearchFailureKind.Refused, "Content-Type header [text/x] is not supported")]
    [InlineData(HttpStatusCode.ServiceUnavailable, """{"error":{"root_cause":[],"type":"search_phase_execution_exception","reason":"all shards failed"},"status":503}""", SearchFailureKind.Refused, "503: all shards failed")]
    [InlineData(HttpStatusCode.BadGateway, "<html>nginx</html>", SearchFailureKind.Refused, "502")]
    [InlineData(HttpStatusCode.OK, "<html>a router's login page</html>", SearchFailureKind.Refused, "is not OpenSearch")]
    public async Task A_refusal_is_told_with_its_reason(HttpStatusCode status, string body, SearchFailureKind kind, string part)
    {
        LogSearch search = Over(_ => StubStore.Answer(status, body));
        SearchOutcome<LogResults> outcome = await search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 10, null, CancellationToken.None);
        Assert.Equal(kind, outcome.Failure!.Kind);
        Assert.Contains(part, outcome.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_down_is_unreachable()
    {
        LogSearch search = Over(_ => throw new HttpRequestException("Connection refused (127.0.0.1:9200)"));
        SearchOutcome<LogResults> outcome = await search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 10, null, CancellationToken.None);
        Assert.Equal(SearchFailureKind.Unreachable, outcome.Failure!.Kind);
        Assert.Contains("Connection refused", outcome.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_cannot_be_reached_is_passed_over_and_the_one_that_answered_is_asked_first_from_then_on()
    {
        var asked = new List<string>();
        string down = "a";
        var store = new StubStore(request =>
        {
            string host = request.RequestUri!.Host;
            asked.Add(host);
            return host == down ? throw new HttpRequestException("Connection refused") : StubStore.Answer(HttpStatusCode.OK, """{"hits":{"hits":[]}}""");
        });
        var search = new LogSearch(new HttpClient(store), new StoreAddresses(new Uri("http://a/"), new Uri("http://b/")), TimeSpan.FromSeconds(30));
        Assert.NotNull((await SearchAsync()).Value);
        Assert.NotNull((await SearchAsync()).Value);
        down = "b";
        Assert.NotNull((await SearchAsync()).Value);
        Assert.Equal(["a", "b", "b", "b", "a"], asked);

        Task<SearchOutcome<LogResults>> SearchAsync() => search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 10, null, CancellationToken.None);
    }

    [Fact]
    public async Task A_store_that_never_answers_times_out()
    {
        var search = new LogSearch(new HttpClient(new SilentStore()), new StoreAddresses(new Uri("http://store/")), TimeSpan.FromMilliseconds(50));
        SearchOutcome<LogResults> outcome = await search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 10, null, CancellationToken.None);
        Assert.Equal(SearchFailureKind.TimedOut, outcome.Failure!.Kind);
    }

    [Fact]
    public async Task The_callers_own_cancellation_is_not_a_failure_of_the_store()
    {
        var search = new LogSearch(new HttpClient(new SilentStore()), new StoreAddresses(new Uri("http://store/")), TimeSpan.FromMinutes(5));
        using var cancelled = new CancellationTokenSource();
        Task<SearchOutcome<LogResults>> asked = search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 10, null, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Theory]
    [InlineData("""{"timed_out":true,"_shards":{"total":5,"failed":0},"hits":{"hits":[]}}""", "ran out of time")]
    [InlineData("""{"timed_out":false,"_shards":{"total":5,"failed":2},"hits":{"hits":[]}}""", "2 of 5 shards")]
    public async Task An_incomplete_answer_says_so(string body, string part)
    {
        LogSearch search = Over(_ => StubStore.Answer(HttpStatusCode.OK, body));
        SearchOutcome<LogResults> outcome = await search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 10, null, CancellationToken.None);
        Assert.Contains(part, outcome.Value!.Incomplete, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_query_never_reaches_the_store()
    {
        var store = new StubStore(_ => throw new InvalidOperationException());
        var search = new LogSearch(new HttpClient(store), new StoreAddresses(new Uri("http://store/")), TimeSpan.FromSeconds(5));
        SearchOutcome<LogResults> outcome = await search.SearchAsync(new LogFilter { Query = "a (b" }, SearchOrder.NewestFirst, 10, null, CancellationToken.None);
        Assert.Equal((SearchFailureKind.BadQuestion, 2), (outcome.Failure!.Kind, outcome.Failure.Position));
        Assert.Empty(store.Asked);
    }

    [Theory]
    [InlineData("[1,2]")]
    [InlineData("[1,2,{\"a\":1}]")]
    [InlineData("[1,2,3],\"size\":10000")]
    [InlineData("x")]
    public async Task Only_a_cursor_is_taken_for_a_cursor(string cursor)
    {
        LogSearch search = Over(_ => throw new InvalidOperationException());
        SearchOutcome<LogResults> outcome = await search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 10, cursor, CancellationToken.None);
        Assert.Equal(SearchFailureKind.BadQuestion, outcome.Failure!.Kind);
    }

    [Fact]
    public async Task A_cursor_of_nineteen_digits_comes_back_digit_for_digit()
    {
        const string sort = """[1795192810123456789,"00000-1795190020-000000000001234",null]""";
        var store = new StubStore(_ => StubStore.Answer(HttpStatusCode.OK, """{"hits":{"hits":[{"_index":"logs-a","_id":"1","_source":{},"sort":""" + sort + "}]}}"));
        var search = new LogSearch(new HttpClient(store), new StoreAddresses(new Uri("http://store/")), TimeSpan.FromSeconds(5));
        SearchOutcome<LogResults> first = await search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 1, null, CancellationToken.None);
        await search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 1, first.Value!.Next, CancellationToken.None);
        Assert.Contains("\"search_after\":" + sort, store.Asked[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_too_large_becomes_a_smaller_one()
    {
        byte[] tooLarge = new byte[(64 << 20) + 1];
        var store = new StubStore(request => Regex.Match(request.Content!.ReadAsStringAsync().Result, "\"size\":(\\d+)").Groups[1].Value == "1"
            ? StubStore.Answer(HttpStatusCode.OK, """{"hits":{"hits":[{"_index":"logs-a","_id":"1","_source":{},"sort":[1,"a","b"]}]}}""")
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(tooLarge) });
        var search = new LogSearch(new HttpClient(store), new StoreAddresses(new Uri("http://store/")), TimeSpan.FromSeconds(30));
        LogResults page = (await search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 60, null, CancellationToken.None)).Value!;
        Assert.Single(page.Records);
        Assert.Equal("""[1,"a","b"]""", page.Next);
        Assert.Equal(3, store.Asked.Count);
    }

    [Theory]
    [InlineData("../_cluster", "x")]
    [InlineData("logs-*", "x")]
    [InlineData("logs-a,logs-b", "x")]
    [InlineData("..", "x")]
    [InlineData("_all", "x")]
    [InlineData("logs-a", "..")]
    [InlineData("", "x")]
    [InlineData("logs-a", "")]
    public async Task Only_the_address_of_one_record_is_asked_for(string index, string id)
    {
        LogSearch search = Over(_ => throw new InvalidOperationException());
        SearchOutcome<LogDocument> outcome = await search.FindAsync(index, id, CancellationToken.None);
        Assert.Equal(SearchFailureKind.BadQuestion, outcome.Failure!.Kind);
    }

    [Fact]
    public async Task An_id_is_one_segment_of_the_path()
    {
        var store = new StubStore(_ => StubStore.Answer(HttpStatusCode.NotFound, """{"found":false}"""));
        var search = new LogSearch(new HttpClient(store), new StoreAddresses(new Uri("http://store/prefix/")), TimeSpan.FromSeconds(5));
        SearchOutcome<LogDocument> outcome = await search.FindAsync("logs-a", "a/../b?c", CancellationToken.None);
        Assert.Equal(SearchFailureKind.NotFound, outcome.Failure!.Kind);
        Assert.Equal("/prefix/logs-a/_doc/a%2F..%2Fb%3Fc", store.Asked[0].Path);
    }

    [Fact]
    public async Task A_record_of_another_program_has_no_context_and_says_why()
    {
        LogSearch search = Over(_ => StubStore.Answer(HttpStatusCode.OK, """{"_index":"logs-a","_id":"1","found":true,"_source":{"body":"x"}}"""));
        SearchOutcome<LogContext> outcome = await search.ContextAsync("logs-a", "1", 5, 5, CancellationToken.None);
        Assert.Contains("log.sequence", outcome.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_without_the_time_for_a_whole_stream_is_asked_for_an_hour_of_it_and_that_is_said()
    {
        const string record = """{"_index":"logs-a","_id":"1","found":true,"_source":{"@timestamp":"2026-11-20T16:40:10.5Z","body":"x","resource":{"container.id":"c"},"attributes":{"log.sequence":"s","log.file.id":"f"}}}""";
        var store = new StubStore(request => request.Method == HttpMethod.Get ? StubStore.Answer(HttpStatusCode.OK, record)
            : request.Content!.ReadAsStringAsync().Result.Contains("@timestamp", StringComparison.Ordinal) ? StubStore.Answer(HttpStatusCode.OK, """{"hits":{"hits":[]}}""")
            : StubStore.Answer(HttpStatusCode.OK, """{"timed_out":true,"hits":{"hits":[]}}"""));
        var search = new LogSearch(new HttpClient(store), new StoreAddresses(new Uri("http://store/")), TimeSpan.FromSeconds(30));
        LogContext context = (await search.ContextAsync("logs-a", "1", 5, 5, CancellationToken.None)).Value!;
        Assert.Contains("within an hour", context.Incomplete, StringComparison.Ordinal);
        Assert.Equal(2, store.Asked.Count(asked => asked.Body.Contains("\"gte\":\"2026-11-20T15:40:10.500000000Z\",\"lt\":\"2026-11-20T17:40:10.500000000Z\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fields_are_found_however_their_path_is_written_and_keep_their_digits()
    {
        LogSearch search = Over(_ => StubStore.Answer(HttpStatusCode.OK, """
            {"_index":"logs-a","_id":"1","found":true,"_source":{"@timestamp":"2026-11-20T16:40:10.123456789Z","body":"x","severity":{"text":"WARN"},
            "resource":{"k8s.pod.name":"p","k8s":{"namespace":{"name":"n"}}},"attributes.log.sequence":"s","attributes":{"log.flags":["truncated","continued"],"fields":{"id":9007199254740993}}}}
            """));
        LogDocument document = (await search.FindAsync("logs-a", "1", CancellationToken.None)).Value!;
        Assert.Equal(("p", "n", "s", "WARN"), (document.Record.Pod, document.Record.Namespace, document.Record.Sequence, document.Record.Level));
        Assert.Equal(["truncated", "continued"], document.Record.Flags);
        Assert.Contains(new DocumentField("attributes.fields.id", "9007199254740993"), document.Fields);
    }

    private static LogSearch Over(Func<HttpRequestMessage, HttpResponseMessage> answer) =>
        new(new HttpClient(new StubStore(answer)), new StoreAddresses(new Uri("http://store/")), TimeSpan.FromSeconds(30));

    private sealed class SilentStore : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new TaskCompletionSource<HttpResponseMessage>().Task.WaitAsync(cancellationToken);
    }
}
