using System.Text;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Setup;
using LogPipeline.Observability;
using LogPipeline.Tests.Indexing.Connections;

namespace LogPipeline.Tests.Indexing.Setup;

/// <summary>How a store is made ready, whatever client does it.</summary>
public abstract class StoreSetupContract
{
    private readonly StoreClient _client;
    private readonly VirtualTime _time = new();
    private readonly RecordingLog _log = new();
    private readonly Dictionary<string, JsonElement> _put = [];
    private string? _trouble;

    private protected StoreSetupContract(StoreClient client)
    {
        _client = client;
        SynchronizationContext.SetSynchronizationContext(null);
    }

    [Theory]
    [InlineData("opensearch", "1.3.18", null)]
    [InlineData("opensearch", "2.6.0", null)]
    [InlineData("opensearch", "2.7.0", "flat_object")]
    [InlineData("opensearch", "3.0.0-beta1", "flat_object")]
    [InlineData(null, "7.17.9", "flattened")]
    [InlineData(null, "8.15.2", "flattened")]
    public void Maps_get_the_type_that_the_server_has(string? distribution, string version, string? mapType)
    {
        Assert.True(Run(Server(distribution, version)));
        JsonElement fields = Mappings().GetProperty("properties").GetProperty("attributes").GetProperty("properties").GetProperty("fields");
        if (mapType is null) Assert.False(fields.GetProperty("enabled").GetBoolean());
        else Assert.Equal(mapType, fields.GetProperty("type").GetString());
        Assert.Equal(mapType is null ? 1 : 0, _log.Count(LogEvents.MapsNotSearchable));
        Assert.Equal(1, _log.Count(LogEvents.StoreReady));
    }

    [Fact]
    public void The_template_maps_documents_as_they_are_written()
    {
        Assert.True(Run(Server("opensearch", "2.19.1")));
        JsonElement template = _put["/_index_template/logpipeline-logs"];
        Assert.Equal("logs-*", template.GetProperty("index_patterns")[0].GetString());
        Assert.Equal("request", template.GetProperty("template").GetProperty("settings").GetProperty("index.translog.durability").GetString());
        JsonElement properties = Mappings().GetProperty("properties");
        Assert.Equal("date_nanos", properties.GetProperty("@timestamp").GetProperty("type").GetString());
        Assert.Equal("long", properties.GetProperty("attributes").GetProperty("properties").GetProperty("log").GetProperty("properties").GetProperty("offset").GetProperty("type").GetString());
        JsonElement letters = _put["/_index_template/logpipeline-deadletters"];
        Assert.Equal("deadletter-*", letters.GetProperty("index_patterns")[0].GetString());
        Assert.False(letters.GetProperty("template").GetProperty("mappings").GetProperty("properties").GetProperty("document").GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public void A_build_without_the_type_gets_a_template_without_it()
    {
        string refusal = Encoding.UTF8.GetString(RecordedExchange.Load("plain/mapping-type-flat-object").Body);
        Func<StoreRequest, StoreReply> server = Server("opensearch", "2.7.0");
        Assert.True(Run(r => r.Method == HttpMethod.Put && r.Body.Contains("flat_object", StringComparison.Ordinal) ? new StoreReply(400, refusal) : server(r)));
        Assert.Equal(1, _log.Count(LogEvents.MapsNotSearchable));
    }

    [Fact]
    public void Templates_that_are_there_are_left_alone()
    {
        Func<StoreRequest, StoreReply> server = Server("opensearch", "2.19.1");
        Assert.True(Run(r => r.Method == HttpMethod.Put ? throw new InvalidOperationException("put") : r.Address.AbsolutePath.Contains("_template", StringComparison.Ordinal) ? StoreReply.Ok("{}") : server(r)));
    }

    [Fact]
    public void Another_process_that_was_quicker_is_no_fault()
    {
        string exists = Encoding.UTF8.GetString(RecordedExchange.Load("plain/index-template-put-create-true-conflict").Body);
        Func<StoreRequest, StoreReply> server = Server("opensearch", "1.3.18");
        Assert.True(Run(r => r.Method == HttpMethod.Put ? new StoreReply(400, exists) : server(r)));
    }

    [Fact]
    public void Without_the_right_to_templates_one_warning_and_on_it_goes()
    {
        string forbidden = Encoding.UTF8.GetString(RecordedExchange.Load("security/template-put-403").Body);
        Func<StoreRequest, StoreReply> server = Server("opensearch", "1.3.18");
        Assert.True(Run(r => r.Method == HttpMethod.Put ? new StoreReply(403, forbidden) : server(r)));
        Assert.Equal(1, _log.Count(LogEvents.TemplateForbidden));
    }

    [Fact]
    public void A_store_that_is_not_there_is_waited_for_with_one_warning()
    {
        Func<StoreRequest, StoreReply> server = Server("opensearch", "2.19.1");
        string noMaster = Encoding.UTF8.GetString(RecordedExchange.Load("no-master/template-put-503-no-master").Body);
        Assert.False(Run(_ => StoreReply.Unreachable, TimeSpan.FromMinutes(5)));
        Assert.Equal(1, _log.Count(LogEvents.StoreUnreachable));
        Assert.False(Run(r => r.Method == HttpMethod.Put ? new StoreReply(503, noMaster) : server(r), TimeSpan.FromMinutes(5)));
        Assert.True(Run(r => _time.Now < TimeSpan.FromMinutes(30) ? StoreReply.Unreachable : server(r), TimeSpan.FromHours(1)));
    }

    [Fact]
    public void A_refused_template_keeps_documents_back_with_one_error()
    {
        string refusal = """{"error":{"type":"illegal_argument_exception","reason":"index template [logpipeline-logs] has index patterns [logs-*] matching patterns from existing templates [x] that have the same priority [300]"},"status":400}""";
        Func<StoreRequest, StoreReply> server = Server("opensearch", "2.19.1");
        Assert.False(Run(r => r.Method == HttpMethod.Put ? new StoreReply(400, refusal) : server(r), TimeSpan.FromMinutes(5)));
        Assert.Equal((PipelineLogLevel.Error, LogEvents.TemplateRefused), Assert.Single(_log.Events.Select(e => (e.Level, e.Event))));
    }

    [Fact]
    public void A_store_that_comes_up_and_then_wants_a_password_is_told_as_both()
    {
        int asked = 0;
        Assert.False(Run(_ => asked++ < 3 ? StoreReply.Unreachable : new StoreReply(401, ""), TimeSpan.FromMinutes(5)));
        Assert.Equal([PipelineLogLevel.Warning, PipelineLogLevel.Error], _log.Events.Select(e => e.Level));
        Assert.Contains("http://store:9200/ answers HTTP 401", _log.Events[1].Message, StringComparison.Ordinal);
        Assert.Contains("store.user with password_env or password_file", _log.Events[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_stays_away_is_told_of_again_every_ten_minutes()
    {
        Assert.False(Run(_ => StoreReply.Unreachable, TimeSpan.FromMinutes(65)));
        Assert.InRange(_log.Count(LogEvents.StoreUnreachable), 6, 7);
    }

    [Theory]
    [InlineData(301, "", "redirection")]
    [InlineData(404, "<html>", "with the path under which it is")]
    [InlineData(429, """{"error":{"type":"circuit_breaking_exception","reason":"[parent] Data too large"},"status":429}""", "[parent] Data too large")]
    [InlineData(200, "<html>Welcome to nginx!</html>", "neither OpenSearch nor Elasticsearch")]
    public void What_keeps_documents_back_is_said_with_what_would_help(int status, string body, string expected)
    {
        Assert.False(Run(_ => new StoreReply(status, body), TimeSpan.FromMinutes(1)));
        Assert.Contains(expected, Assert.Single(_log.Events).Message, StringComparison.Ordinal);
        Assert.Contains("http://store:9200/", _log.Events[0].Message, StringComparison.Ordinal);
        Assert.Equal(_log.Events[0].Message, _trouble);
    }

    [Fact]
    public void Once_documents_may_be_sent_there_is_no_trouble()
    {
        Func<StoreRequest, StoreReply> server = Server("opensearch", "2.19.1");
        Assert.True(Run(r => _time.Now < TimeSpan.FromMinutes(1) ? new StoreReply(503, "") : server(r), TimeSpan.FromMinutes(5)));
        Assert.Null(_trouble);
    }

    [Fact]
    public void Indices_that_acknowledge_too_early_are_named()
    {
        Func<StoreRequest, StoreReply> server = Server("opensearch", "2.19.1");
        Assert.True(Run(r => r.Address.AbsolutePath.Contains("_settings", StringComparison.Ordinal)
            ? StoreReply.Ok("""{"logs-a":{"settings":{"index.translog.durability":"async"}},"logs-b":{"settings":{"index.translog.durability":"request"}},"logs-c":{"settings":{}}}""")
            : server(r)));
        string message = _log.Events.Single(e => e.Event == LogEvents.AsyncTranslog).Message;
        Assert.Contains("logs-a", message, StringComparison.Ordinal);
        Assert.DoesNotContain("logs-b", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elasticsearch_before_composable_templates_gets_the_older_form()
    {
        Assert.True(Run(Server(null, "7.4.2")));
        Assert.True(_put["/_template/logpipeline-logs"].TryGetProperty("mappings", out _));
    }

    private JsonElement Mappings() => _put["/_index_template/logpipeline-logs"].GetProperty("template").GetProperty("mappings");

    private bool Run(Func<StoreRequest, StoreReply> script, TimeSpan? within = null)
    {
        using ScriptedStore store = new(_time, script);
        using IStoreRequests connection = _client([new Uri("http://store:9200")], new StoreOptions(), new IndexingOptions(), () => store, _time);
        using CancellationTokenSource stop = new();
        var setup = new StoreSetup(connection, new IndexingOptions(), _log, _time);
        Task running = setup.RunAsync(stop.Token);
        bool done = _time.Until(() => running.IsCompleted, within ?? TimeSpan.FromSeconds(1));
        _trouble = setup.Trouble;
        stop.Cancel();
        return done && running.IsCompletedSuccessfully;
    }

    private Func<StoreRequest, StoreReply> Server(string? distribution, string version) => request =>
    {
        string path = request.Address.AbsolutePath;
        if (request.Method == HttpMethod.Put)
        {
            _put[path] = JsonDocument.Parse(request.Body).RootElement.Clone();
            return StoreReply.Ok("""{"acknowledged":true}""");
        }

        if (path != "/") return new StoreReply(404, "{}");
        string by = distribution is null ? "" : $"\"distribution\":\"{distribution}\",";
        return StoreReply.Ok($"{{\"version\":{{{by}\"number\":\"{version}\"}}}}");
    };
}
