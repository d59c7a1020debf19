using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Kubernetes.Monitoring;

public sealed partial class RuleTests : IDisposable
{
    private const string UnitTests = "tests/Kubernetes.Tests/Monitoring/alerts.test.yaml";

    /// <summary>Series of others that the rules look at.</summary>
    private static readonly string[] s_others = ["up", "kube_node_info"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rules-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Prometheus_takes_the_rules()
    {
        string file = Path.Combine(_folder.FullName, "rules.yaml");
        Rules.Write(file);
        (int code, string output, string errors) = Tool.Run(Tool.Find("promtool"), "check", "rules", file);
        Assert.True(code == 0, output + errors);
        Assert.Contains($"{Rules.All.Count} rules found", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rules_pass_their_unit_tests()
    {
        Rules.Write(Path.Combine(_folder.FullName, "rules.yaml"));
        File.Copy(Repository.FullPath(UnitTests), Path.Combine(_folder.FullName, "alerts.test.yaml"));
        (int code, string output, string errors) = Tool.Run(Tool.Find("promtool"), "test", "rules", Path.Combine(_folder.FullName, "alerts.test.yaml"));
        Assert.True(code == 0, output + errors);
    }

    [Fact]
    public void Every_alert_is_seen_to_fire_in_a_unit_test()
    {
        string[] fired =
            [.. from test in Manifest.Items(YamlJson.Parse(Repository.Text(UnitTests)).Single()["tests"])
                from alert in Manifest.Items(test["alert_rule_test"])
                where Manifest.Items(alert["exp_alerts"]).Any()
                select Manifest.Text(alert["alertname"])];
        Assert.Equal(Rules.Alerts.Select(alert => Manifest.Text(alert["alert"])).Order(StringComparer.Ordinal), fired.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_alert_says_how_bad_it_is_and_leads_to_its_entry_in_the_runbook()
    {
        string[] entries = [.. Heading().Matches(Repository.Text("docs/runbook.md")).Select(heading => heading.Groups[1].Value)];
        Assert.Equal(Rules.Alerts.Select(alert => Manifest.Text(alert["alert"])).Order(StringComparer.Ordinal), entries.Order(StringComparer.Ordinal));
        foreach (JsonNode alert in Rules.Alerts)
        {
            Assert.Contains(Manifest.Text(alert["labels"]!["severity"]), (string[])["critical", "warning"]);
            Assert.NotEmpty(Manifest.Text(alert["annotations"]!["summary"]));
            Assert.EndsWith("/docs/runbook.md#" + Manifest.Text(alert["alert"]).ToLowerInvariant(), Manifest.Text(alert["annotations"]!["runbook_url"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rules_and_autoscalers_ask_only_for_what_there_is()
    {
        string[] recorded = [.. Rules.Recordings.Select(rule => Manifest.Text(rule["record"]))];
        Assert.All(Rules.All, rule => AssertKnown(Manifest.Text(rule["expr"]), recorded));
        foreach (JsonNode trigger in Manifest.Items(Builds.Named("base, monitoring, KEDA").Single("ScaledObject", "pipeline-aggregator").Json["spec"]!["triggers"]))
            AssertKnown(Manifest.Text(trigger["metadata"]!["query"]), recorded);
    }

    [Fact]
    public void While_the_store_is_the_limit_the_backlog_is_capped_at_exactly_what_the_autoscaler_wants()
    {
        JsonNode[] metrics = [.. Manifest.Items(Kustomization.Of("k8s/overlays/production").Single("HorizontalPodAutoscaler", "pipeline-aggregator").Json["spec"]!["metrics"])];
        string backlog = Manifest.Text(metrics[0]["external"]!["target"]!["averageValue"]), drain = Manifest.Text(metrics[1]["external"]!["target"]!["value"]);
        Assert.Contains($"{backlog} * scalar(count(", Expression("logpipeline:scalable_backlog_bytes:sum"), StringComparison.Ordinal);
        Assert.EndsWith($", {drain})", Expression("logpipeline:drain_seconds").Trim(), StringComparison.Ordinal);
        JsonNode[] triggers = [.. Manifest.Items(Builds.Named("base, monitoring, KEDA").Single("ScaledObject", "pipeline-aggregator").Json["spec"]!["triggers"])];
        Assert.Equal(metrics.Select(metric => Target(metric["external"]!["target"]!)), triggers.Select(trigger => Manifest.Text(trigger["metadata"]!["threshold"])));
    }

    /// <summary>Every series that an expression names.</summary>
    internal static IEnumerable<string> SeriesIn(string expression) =>
        Name().Matches(Literal().Replace(expression, "\"\"")).Select(match => match.Value).Where(name => name.StartsWith("logpipeline", StringComparison.Ordinal) || name.StartsWith("process_", StringComparison.Ordinal) || s_others.Contains(name)).Distinct();

    internal static void AssertKnown(string expression, string[] recorded)
    {
        string[] series = [.. SeriesIn(expression)];
        Assert.NotEmpty(series);
        Assert.Empty(series.Except(MetricNames.All).Except(recorded).Except(s_others));
    }

    private static string Target(JsonNode target) => Manifest.Text(target["averageValue"] ?? target["value"]);

    private static string Expression(string record) => Manifest.Text(Rules.Recordings.Single(rule => Manifest.Text(rule["record"]) == record)["expr"]);

    [GeneratedRegex(@"^## (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Literal();

    [GeneratedRegex("[a-z_][a-zA-Z0-9_:]*")]
    private static partial Regex Name();
}
