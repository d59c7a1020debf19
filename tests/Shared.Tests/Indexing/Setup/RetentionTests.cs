using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Indexing.Setup;
using LogPipeline.Tests.Indexing.Connections;

namespace LogPipeline.Tests.Indexing.Setup;

public sealed class RetentionTests() : RetentionSetupContract(CoreStoreClient.Make)
{
    private const string Index = "logs-{tenant}-{day}";

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

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
}
