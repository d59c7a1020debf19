using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Kubernetes.Monitoring;

public sealed class DashboardTests
{
    /// <summary>UPDATE_DOCS=1 writes them anew.</summary>
    [Fact]
    public void The_dashboards_in_the_repository_are_those_that_the_code_makes()
    {
        foreach (Dashboard dashboard in Dashboards.All)
        {
            if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Repository.FullPath(dashboard.File))!);
                File.WriteAllText(Repository.FullPath(dashboard.File), dashboard.Render());
            }
            Assert.Equal(dashboard.Render(), Repository.Text(dashboard.File));
        }
    }

    [Fact]
    public void Dashboards_ask_only_for_what_there_is()
    {
        string[] recorded = [.. Rules.Recordings.Select(rule => Manifest.Text(rule["record"]))];
        Assert.All(Dashboards.All.SelectMany(dashboard => dashboard.Expressions), expression => RuleTests.AssertKnown(expression, recorded));
    }

    [Fact]
    public void Grafanas_sidecar_finds_every_dashboard()
    {
        Manifest[] maps = [.. Kustomization.Of("k8s/overlays/production").Of("ConfigMap").Where(map => Manifest.LabelsOf(map.Json["metadata"]!["labels"]).GetValueOrDefault("grafana_dashboard") == "1")];
        Assert.Equal(
            Dashboards.All.Select(dashboard => Path.GetFileName(dashboard.File)).Order(StringComparer.Ordinal),
            maps.SelectMany(map => map.Json["data"]!.AsObject()).Select(file => file.Key).Order(StringComparer.Ordinal));
    }
}
