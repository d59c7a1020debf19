using System.Text;
using System.Text.Json.Nodes;
using LogPipeline.Configuration;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Setup;
using LogPipeline.Tests.Indexing.Connections;

namespace LogPipeline.Tests.Indexing.Setup;

/// <summary>How retention policies are put, whatever client does it.</summary>
public abstract class RetentionSetupContract
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly StoreClient _client;
    private readonly VirtualTime _time = new();
    private readonly Dictionary<string, (JsonObject Policy, int SeqNo)> _policies = [];
    private readonly List<string> _writes = [];

    private protected RetentionSetupContract(StoreClient client)
    {
        _client = client;
        SynchronizationContext.SetSynchronizationContext(null);
    }

    [Fact]
    public void It_is_safe_to_repeat_and_a_changed_age_changes_the_policy_that_is_there()
    {
        var policy = new RetentionPolicy("logpipeline-keep-shop", "logs-shop-*", 7 * Day, 400);
        Assert.True(Put(policy).Done);
        Assert.Equal(["PUT /_plugins/_ism/policies/logpipeline-keep-shop", "POST /_plugins/_ism/add/logs-shop-*"], _writes);
        _writes.Clear();
        Assert.Equal((true, "logpipeline-keep-shop: logs-shop-* is deleted after 7 days already"), Put(policy));
        Assert.Empty(_writes);
        Assert.True(Put(policy with { Keep = 8 * Day }).Done);
        Assert.Equal("PUT /_plugins/_ism/policies/logpipeline-keep-shop?if_seq_no=1&if_primary_term=1", _writes[0]);
        Assert.Equal("8d", _policies["logpipeline-keep-shop"].Policy["states"]![0]!["transitions"]![0]!["conditions"]!["min_index_age"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("plain/ism-policy-overlapping-template", "please use a different priority")]
    [InlineData("plain/ism-policy-put-again-409", "version conflict")]
    public void A_refusal_is_told_in_the_stores_words(string recorded, string words)
    {
        RecordedExchange exchange = RecordedExchange.Load(recorded);
        (bool done, string what) = Put(new RetentionPolicy("p", "logs-*", Day, 1), request => request.Method == HttpMethod.Put ? new StoreReply(exchange.Status, Encoding.UTF8.GetString(exchange.Body)) : null);
        Assert.False(done);
        Assert.Contains(words, what, StringComparison.Ordinal);
    }

    private (bool Done, string What) Put(RetentionPolicy policy, Func<StoreRequest, StoreReply?>? first = null)
    {
        using ScriptedStore store = new(_time, request => first?.Invoke(request) ?? Answer(request));
        using IStoreRequests connection = _client([new Uri("http://store:9200")], new StoreOptions(), new IndexingOptions(), () => store, _time);
        Task<(bool, string)> put = new RetentionSetup(connection).PutAsync(policy, CancellationToken.None);
        Assert.True(_time.Until(() => put.IsCompleted, TimeSpan.FromSeconds(1)));
        return put.GetAwaiter().GetResult();
    }

    private StoreReply Answer(StoreRequest request)
    {
        string name = request.Address.Segments[^1];
        if (request.Method != HttpMethod.Get) _writes.Add($"{request.Method} {request.Address.PathAndQuery}");
        if (request.Method == HttpMethod.Post) return StoreReply.Ok(Encoding.UTF8.GetString(RecordedExchange.Load("plain/ism-add-policy-again").Body));
        if (request.Method == HttpMethod.Put)
        {
            _policies[name] = (JsonNode.Parse(request.Body)!["policy"]!.AsObject(), _policies.TryGetValue(name, out var before) ? before.SeqNo + 1 : 1);
            return new StoreReply(201, "{}");
        }
        return _policies.TryGetValue(name, out var there)
            ? StoreReply.Ok(new JsonObject { ["_seq_no"] = there.SeqNo, ["_primary_term"] = 1, ["policy"] = there.Policy.DeepClone() }.ToJsonString())
            : new StoreReply(404, Encoding.UTF8.GetString(RecordedExchange.Load("plain/ism-policy-get-missing").Body));
    }
}
