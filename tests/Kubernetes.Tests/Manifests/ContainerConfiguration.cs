using System.Text.Json.Nodes;
using LogPipeline.Configuration;

namespace LogPipeline.Tests.Kubernetes.Manifests;

/// <summary>The configuration that a container gets, with the environment that its manifest gives it.</summary>
internal sealed class ContainerConfiguration
{
    private ContainerConfiguration(Kustomization build, Manifest workload, JsonObject container)
    {
        (Workload, Container) = (workload, container);
        Environment = EnvironmentOf(build, container);
        string path = Manifest.Items(container["args"]).Select(Manifest.Text).SkipWhile(argument => argument != "--config").ElementAt(1);
        JsonNode mount = Manifest.Items(container["volumeMounts"]).Single(candidate => path.StartsWith(Manifest.Text(candidate["mountPath"]) + "/", StringComparison.Ordinal));
        string map = Manifest.Text(Manifest.Items(workload.PodSpec!["volumes"]).Single(volume => Manifest.Text(volume["name"]) == Manifest.Text(mount["name"]))["configMap"]!["name"]);
        Yaml = Manifest.Text(build.Manifests.Single(manifest => manifest.Kind == "ConfigMap" && manifest.Name == map).Json["data"]![Path.GetFileName(path)]);
        Result = ConfigurationReader.Read(Yaml, $"{build.Folder}: {workload}", name => Environment.GetValueOrDefault(name));
    }

    public Manifest Workload { get; }

    public JsonObject Container { get; }

    public string Yaml { get; }

    public IReadOnlyDictionary<string, string> Environment { get; }

    public ConfigurationResult Result { get; }

    public PipelineOptions Options => Result.Options;

    public bool IsOfCluster => Manifest.Text(Container["name"]) is "node" or "aggregator";

    /// <summary>Of every container that runs the pipeline.</summary>
    public static IReadOnlyList<ContainerConfiguration> In(Kustomization build) =>
        [.. from workload in build.Workloads
            from container in workload.Containers
            where Manifest.Items(container["args"]).Any(argument => Manifest.Text(argument) == "--config")
            select new ContainerConfiguration(build, workload, container)];

    private static Dictionary<string, string> EnvironmentOf(Kustomization build, JsonObject container)
    {
        var environment = new Dictionary<string, string>();
        foreach (JsonNode from in Manifest.Items(container["envFrom"]))
        {
            Manifest map = build.Manifests.Single(manifest => manifest.Kind == "ConfigMap" && manifest.Name == Manifest.Text(from["configMapRef"]!["name"]));
            foreach ((string name, JsonNode? value) in map.Json["data"]!.AsObject()) environment[name] = Manifest.Text(value);
        }
        foreach (JsonNode variable in Manifest.Items(container["env"]))
        {
            string field = Manifest.Text(variable["valueFrom"]?["fieldRef"]?["fieldPath"]);
            environment[Manifest.Text(variable["name"])] = field switch
            {
                "status.podIP" => "10.244.1.7",
                "metadata.uid" => "0a320e84-becc-48b6-b139-68e0129ab7f3",
                { Length: > 0 } => "name-of-" + field.Replace('.', '-'),
                _ => variable["value"] is { } literal ? Manifest.Text(literal) : "from-a-secret",
            };
        }
        return environment;
    }
}
