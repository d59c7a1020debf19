using System.Text.Json.Nodes;
using LogPipeline.Configuration;
using LogPipeline.Configuration.Values;

namespace LogPipeline.Tests.Kubernetes.Manifests;

/// <summary>The configurations in the ConfigMaps, read and validated by the product's own code with the environment of the manifests.</summary>
public sealed class ConfigurationTests
{
    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void Every_configuration_is_valid(string build)
    {
        IReadOnlyList<ContainerConfiguration> configurations = ContainerConfiguration.In(Builds.Named(build));
        Assert.NotEmpty(configurations);
        Assert.All(configurations, configuration => Assert.Empty(configuration.Result.Faults));
        Assert.All(configurations, configuration => Assert.False(configuration.Options.Store.IsEmbedded));
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void Probes_and_ports_are_those_that_the_configuration_listens_on(string build)
    {
        foreach (ContainerConfiguration configuration in ContainerConfiguration.In(Builds.Named(build)))
        {
            Assert.True(ListenAddress.TryParse(configuration.Options.Web.Listen, out var web));
            Assert.Equal("0.0.0.0", web.Address.ToString()); // the kubelet and Prometheus come from outside of the pod
            Assert.Equal(web.Port, PortOf(configuration.Container, "web"));
            if (configuration.IsOfCluster)
            {
                Assert.True(ListenAddress.TryParse(configuration.Options.Cluster.Listen, out var members));
                Assert.Equal((configuration.Environment["POD_IP"], PortOf(configuration.Container, "remoting")), (members.Address.ToString(), (long)members.Port));
                if (Manifest.Text(configuration.Container["name"]) == "aggregator") Assert.Equal(configuration.Options.Cluster.ChunkPort, PortOf(configuration.Container, "chunks")); // network policies name it
            }
            // The page asks nobody who he is.
            else Assert.False(configuration.Options.Web.Page);
            foreach ((string probe, string path) in (IEnumerable<(string, string)>)[("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")])
            {
                if (configuration.Container[probe] is not { } given) continue;
                Assert.Equal((path, "web"), (Manifest.Text(given["httpGet"]!["path"]), Manifest.Text(given["httpGet"]!["port"])));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void The_state_lies_on_a_volume_that_can_be_written_and_what_is_read_on_one_that_cannot(string build)
    {
        foreach (ContainerConfiguration configuration in ContainerConfiguration.In(Builds.Named(build)))
        {
            if (Manifest.Text(configuration.Container["name"]) == "aggregator") continue; // it has neither
            JsonNode state = MountOf(configuration.Container, configuration.Options.Ledger.StateDirectory)!;
            Assert.Equal(configuration.Options.Ledger.StateDirectory, Manifest.Text(state["mountPath"]));
            Assert.False(state["readOnly"]?.GetValue<bool>() ?? false);
            Assert.NotEmpty(configuration.Options.Sources);
            int mounted = 0;
            foreach (SourceOptions source in configuration.Options.Sources)
            {
                string fixedPart = source.Path[..source.Path.LastIndexOf('/', source.Path.IndexOf('*', StringComparison.Ordinal))];
                if (MountOf(configuration.Container, fixedPart) is not { } mount) continue;
                mounted++;
                Assert.True(mount["readOnly"]!.GetValue<bool>());
            }
            bool everything = build.Contains("in-container files", StringComparison.Ordinal) || !configuration.IsOfCluster;
            Assert.Equal(everything ? configuration.Options.Sources.Count : 1, mounted);
        }
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void Files_and_variables_that_a_configuration_names_are_given_by_its_manifest(string build)
    {
        foreach (ContainerConfiguration configuration in ContainerConfiguration.In(Builds.Named(build)))
        {
            PipelineOptions options = configuration.Options;
            foreach (string? file in (string?[])[options.Store.CaFile, options.Store.PasswordFile, options.Store.ApiKeyFile])
            {
                if (file is not null) Assert.NotNull(MountOf(configuration.Container, file));
            }
            foreach (string? variable in (string?[])[options.Store.PasswordEnv, options.Store.ApiKeyEnv, options.Cluster.PositionsEnv])
            {
                if (variable is not null) Assert.Contains(variable, configuration.Environment.Keys);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void Documents_in_memory_are_at_most_half_of_the_memory_that_a_pod_may_have(string build)
    {
        foreach (ContainerConfiguration configuration in ContainerConfiguration.In(Builds.Named(build)))
        {
            string limit = Manifest.Text(configuration.Container["resources"]!["limits"]!["memory"]);
            Assert.True(ByteSize.TryParse(limit + "B", out long bytes), limit);
            Assert.InRange(configuration.Options.Indexing.MaxInFlightBytes, 1, bytes / 2);
        }
    }

    [Fact]
    public void The_component_of_postgresql_moves_the_positions_off_the_disk()
    {
        Kustomization build = Builds.Named("production, positions in PostgreSQL, in-container files");
        ContainerConfiguration node = ContainerConfiguration.In(build).Single(configuration => configuration.Workload.Kind == "DaemonSet");
        Assert.Equal("PIPELINE_POSITIONS", node.Options.Cluster.PositionsEnv);
        Assert.DoesNotContain(Manifest.Items(node.Workload.PodSpec!["volumes"]), volume => Manifest.Text(volume["name"]) == "state" && volume["hostPath"] is not null);
        Assert.All(ContainerConfiguration.In(Kustomization.Of("k8s/overlays/production")), configuration => Assert.Null(configuration.Options.Cluster.PositionsEnv));
        // The lock on the positions is on the name of the node, which has to outlive its pods.
        Assert.Equal("name-of-spec-nodeName", node.Options.Enrichment.Host);
    }

    private static long PortOf(JsonObject container, string name) =>
        Manifest.Items(container["ports"]).Single(port => Manifest.Text(port["name"]) == name)["containerPort"]!.GetValue<long>();

    private static JsonNode? MountOf(JsonObject container, string path) =>
        Manifest.Items(container["volumeMounts"]).SingleOrDefault(mount => (path + "/").StartsWith(Manifest.Text(mount["mountPath"]) + "/", StringComparison.Ordinal));
}
