using System.Text.Json.Nodes;

namespace LogPipeline.Tests.Kubernetes.Manifests;

public sealed class SchemaTests
{
    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void Every_object_fits_its_schema_and_has_no_field_that_the_schema_does_not_know(string build)
    {
        IReadOnlyList<Manifest> manifests = Builds.Named(build).Manifests;
        Assert.NotEmpty(manifests);
        Assert.Empty(manifests.SelectMany(ManifestSchema.Instance.Check));
    }

    [Theory]
    [InlineData("spec.template.spec.containers[0].imagePullPolice", "Always", "unknown field")]
    [InlineData("spec.template.spec.hostNetwork", "yes", "no boolean")]
    [InlineData("spec.replicas", "two", "no integer")]
    [InlineData("metadata.labels.a", 5, "no string")]
    [InlineData("spec.selector", null, "missing")]
    [InlineData("spec.template.spec.containers", "none", "no array")]
    public void What_does_not_fit_is_told(string path, object? value, string fault)
    {
        JsonObject json = Kustomization.Of("k8s/base").Single("Deployment", "pipeline-aggregator").Json.DeepClone().AsObject();
        Assert.Empty(ManifestSchema.Instance.Check(new Manifest(json)));
        Set(json, path.Replace("[0]", ".0", StringComparison.Ordinal).Split('.'), value);
        string found = Assert.Single(ManifestSchema.Instance.Check(new Manifest(json)));
        Assert.Contains(path, found, StringComparison.Ordinal);
        Assert.Contains(fault, found, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void No_object_is_there_twice_and_all_but_those_of_the_cluster_have_a_namespace(string build)
    {
        IReadOnlyList<Manifest> manifests = Builds.Named(build).Manifests;
        Assert.Empty(manifests.GroupBy(manifest => (manifest.Kind, manifest.Name)).Where(same => same.Count() > 1).Select(same => same.Key));
        Assert.All(manifests, manifest => Assert.Equal(manifest.Kind is "Namespace" or "ClusterRole" or "ClusterRoleBinding", manifest.Namespace is null));
        Assert.Single(manifests.Select(manifest => manifest.Namespace).Where(name => name is not null).Distinct());
    }

    private static void Set(JsonNode node, string[] path, object? value)
    {
        foreach (string step in path[..^1]) node = node is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : node[step]!;
        if (value is null) node.AsObject().Remove(path[^1]);
        else node[path[^1]] = JsonValue.Create(value);
    }
}
