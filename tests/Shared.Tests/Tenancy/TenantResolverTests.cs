using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;
using LogPipeline.Tenancy;

namespace LogPipeline.Tests.Tenancy;

public sealed class TenantResolverTests
{
    [Theory]
    [InlineData("kube-system", "platform")]
    [InlineData("team-a", "team-a")]
    [InlineData("shop", "retail")]
    [InlineData("shop2", "rest")]
    [InlineData("", "rest")]
    public void The_first_rule_that_matches_decides(string name, string tenant) =>
        Assert.Equal(tenant, Resolver(("kube-*", "platform"), ("team-?", "{namespace}"), ("team-*", "teams"), ("shop", "retail")).Resolve(name, null).Tenant);

    [Fact]
    public void What_has_no_namespace_is_matched_by_no_rule() => Assert.Equal("rest", Resolver(("*", "all")).Resolve("", null).Tenant);

    [Fact]
    public void No_two_namespaces_share_a_tenant_through_the_placeholder_and_every_tenant_is_a_valid_name()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        foreach (string template in (string[])["{namespace}", "t-{namespace}", "{namespace}-of-a-rather-long-department"])
        {
            Assert.Null(TenantTemplate.Check(template));
            var resolver = Resolver(("*", template));
            var seen = new Dictionary<string, string>();
            for (int i = 0; i < 5_000; i++)
            {
                const string Letters = "ab-_.AÄ/ \0";
                string name = new('a', random.Next(0, 3) * 30);
                name += new string([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Letters[random.Next(Letters.Length)])]);
                string tenant = resolver.Resolve(name, null).Tenant!;
                Assert.Null(TenantName.Check(tenant));
                Assert.True(!seen.TryGetValue(tenant, out string? other) || other == name, $"seed {seed}: '{name}' and '{other}' are both {tenant}");
                seen[tenant] = name;
            }
        }
    }

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "ab", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("a*b*c", "aXbXbXc", true)]
    [InlineData("a*b*c", "aXcXb", false)]
    [InlineData("?", "", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("**a", "a", true)]
    public void Globs_match_whole_names(string glob, string name, bool matches) => Assert.Equal(matches, NamespaceGlob.Matches(glob, name));

    [Fact]
    public void A_glob_of_many_stars_is_quick_to_refuse() =>
        Assert.False(NamespaceGlob.Matches(string.Concat(Enumerable.Repeat("a*", 60)) + "b", new string('a', 200)));

    [Theory]
    [InlineData("shop", null)]
    [InlineData("0_a-b", null)]
    [InlineData("", "'' is no tenant's name")]
    [InlineData("_a", "_a does not begin with a letter or digit")]
    [InlineData("a.b", "a.b has '.'")]
    [InlineData("{namespace}", null)]
    [InlineData("x-{namespace}", null)]
    [InlineData("-{namespace}", "-{namespace} does not begin with a letter or digit")]
    [InlineData("{namespace}{namespace}", "second placeholder")]
    [InlineData("{tenant}", "a placeholder other than {namespace}")]
    [InlineData("{label}", null)]
    [InlineData("a-{annotation}", null)]
    [InlineData("{label}{namespace}", "second placeholder")]
    [InlineData("{namespace}-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "leaves too few")]
    public void Templates_are_checked(string template, string? problem)
    {
        if (problem is null) Assert.Null(TenantTemplate.Check(template));
        else Assert.Contains(problem, TenantTemplate.Check(template));
    }

    [Theory]
    [InlineData("payments", "payments")]
    [InlineData("Payments", null)]
    [InlineData("", null)]
    [InlineData(null, "rest")]
    public void A_label_of_the_namespace_decides_and_one_that_is_no_tenants_name_decides_nothing(string? value, string? tenant)
    {
        Dictionary<string, string> labels = value is null ? [] : new() { ["team"] = value };
        TenantVerdict verdict = ByLabel.Resolve("shop", new NamespaceMetadata { Name = "shop", Labels = labels, Annotations = new Dictionary<string, string> { ["team"] = "no" } });
        Assert.Equal(tenant, verdict.Tenant);
        Assert.Equal(tenant is null, verdict.Problem is not null);
    }

    [Fact]
    public void Nothing_is_decided_before_the_namespace_is_known_unless_an_earlier_rule_decides()
    {
        Assert.Null(ByLabel.Resolve("shop", null).Tenant);
        Assert.Null(ByLabel.Resolve("shop", null).Problem);
        Assert.Equal("platform", ByLabel.Resolve("kube-system", null).Tenant);
    }

    [Fact]
    public void An_annotation_may_decide_for_some_namespaces_only_and_stand_inside_a_name()
    {
        var options = new TenancyOptions { Rules = [new TenantRule { Namespace = "team-*", NamespaceAnnotation = "example.com/owner", Tenant = "of-{annotation}" }], Default = "rest" };
        var resolver = new TenantResolver(options);
        Assert.Equal("of-ada", resolver.Resolve("team-a", Annotated("team-a")).Tenant);
        Assert.Equal("rest", resolver.Resolve("shop", null).Tenant);
    }

    private static TenantResolver ByLabel { get; } = new(new TenancyOptions
    {
        Rules = [new TenantRule { Namespace = "kube-*", Tenant = "platform" }, new TenantRule { NamespaceLabel = "team", Tenant = "{label}" }], Default = "rest",
    });

    private static NamespaceMetadata Annotated(string name) => new() { Name = name, Annotations = new Dictionary<string, string> { ["example.com/owner"] = "ada" } };

    private static TenantResolver Resolver(params (string Namespace, string Tenant)[] rules) =>
        new(new TenancyOptions { Rules = [.. rules.Select(rule => new TenantRule { Namespace = rule.Namespace, Tenant = rule.Tenant })], Default = "rest" });
}
