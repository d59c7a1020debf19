using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LogPipeline.Configuration;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Setup;

namespace LogPipeline.Tests.Indexing.Setup;

public sealed class RetentionTests
{
    private const string Index = "logs-{tenant}-{day}";

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly VirtualTime _time = new();
    private readonly Dictionary<string, (JsonObject Policy, int SeqNo)> _policies = [];
    private readonly List<string> _writes = [];

    public RetentionTests() => SynchronizationContext.SetSynchronizationContext(null);

    [Fact]
    public void Every_tenant_has_its_age_the_first_rule_decides_and_the_rest_has_the_default()
    {
        var tenancy = new TenancyOptions
        {
            Keep = 30 * Day,
            Rules =
            [
                new TenantRule { Namespace = "kube-*", Tenant = "platform", Keep = 7 * Day },
                new TenantRule { Namespace = "shop", Tenant = "retail" },
                new TenantRule { Namespace = "shop-2", Tenant = "retail", Keep = 9 * Day },
                new TenantRule { Namespace = "team-*", Tenant = "t-{namespace}", Keep = 90 * Day },
            ],
        };
        Assert.Equal(
            [("platform", "logs-platform-*", 7), ("retail", "logs-retail-*", 30), ("t-any", "logs-t-*-*", 90), ("others", "logs-*", 30), ("dead-letters", "deadletter-*", 30)],
            RetentionPolicies.Of(tenancy, Index).Select(policy => (policy.Name[RetentionPolicies.Prefix.Length..], policy.Pattern, (int)policy.Keep.TotalDays)));
        int[] priorities = [.. RetentionPolicies.Of(tenancy, Index).Select(policy => policy.Priority)];
        Assert.Equal(priorities.OrderDescending().Distinct(), priorities);
        Assert.Empty(RetentionPolicies.Of(new TenancyOptions { Rules = [new TenantRule { Namespace = "*", Tenant = "a" }] }, Index));
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

    [Fact]
    public void A_policy_as_a_recorded_server_answers_it_is_understood()
    {
        using JsonDocument answer = JsonDocument.Parse(RecordedExchange.Load("plain/ism-policy-get").Body);
        JsonElement policy = answer.RootElement.GetProperty("policy");
        var same = new RetentionPolicy("logs-ret", "logs-app-*", 7 * Day, 50);
        Assert.True(same.IsSaidBy(policy));
        Assert.False((same with { Keep = 8 * Day }).IsSaidBy(policy));
        Assert.False((same with { Priority = 51 }).IsSaidBy(policy));
        Assert.False((same with { Pattern = "logs-*" }).IsSaidBy(policy));
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
        using StoreConnection connection = new([new Uri("http://store:9200")], new StoreOptions(), new IndexingOptions(), store, _time);
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
