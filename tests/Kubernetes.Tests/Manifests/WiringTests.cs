using System.Text.Json.Nodes;

namespace LogPipeline.Tests.Kubernetes.Manifests;

/// <summary>What one object says of another is true.</summary>
public sealed class WiringTests
{
    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void Selectors_select_the_pods_that_they_are_for(string build)
    {
        Kustomization kustomization = Builds.Named(build);
        foreach (Manifest workload in kustomization.Workloads)
        {
            Assert.NotEmpty(workload.Selector);
            Assert.Empty(workload.Selector.Except(workload.PodLabels));
            foreach (JsonNode spread in Manifest.Items(workload.PodSpec!["topologySpreadConstraints"]))
                Assert.Empty(Manifest.LabelsOf(spread["labelSelector"]!["matchLabels"]).Except(workload.PodLabels));
        }
        foreach (Manifest selecting in kustomization.Of("Service", "PodDisruptionBudget", "PodMonitor"))
        {
            Manifest only = Assert.Single(kustomization.Workloads, workload => !selecting.Selector.Except(workload.PodLabels).Any());
            Assert.Equal(selecting.Namespace, only.Namespace);
        }
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void Ports_that_are_named_are_there(string build)
    {
        Kustomization kustomization = Builds.Named(build);
        foreach (JsonObject container in kustomization.Workloads.SelectMany(workload => workload.Containers))
        {
            string[] names = PortsOf(container);
            foreach (string probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
            {
                if (container[probe] is { } given) Assert.Contains(Manifest.Text(given["httpGet"]!["port"]), names);
            }
        }
        foreach (Manifest service in kustomization.Of("Service"))
        {
            string[] names = [.. kustomization.Workloads.Where(workload => !service.Selector.Except(workload.PodLabels).Any()).SelectMany(workload => workload.Containers).SelectMany(PortsOf)];
            Assert.Empty(Manifest.Items(service.Json["spec"]!["ports"]).Select(port => Manifest.Text(port["targetPort"])).Except(names));
        }
        string[] all = [.. kustomization.Workloads.SelectMany(workload => workload.Containers).SelectMany(PortsOf)];
        foreach (JsonNode port in kustomization.Of("NetworkPolicy").SelectMany(policy => Manifest.Items(policy.Json["spec"]!["ingress"])).SelectMany(rule => Manifest.Items(rule["ports"])))
            Assert.Contains(Manifest.Text(port["port"]), all);
        foreach (JsonNode endpoint in kustomization.Of("PodMonitor").SelectMany(monitor => Manifest.Items(monitor.Json["spec"]!["podMetricsEndpoints"])))
            Assert.Contains(Manifest.Text(endpoint["port"]), all);
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void What_is_scaled_is_there_and_says_no_number_of_its_own(string build)
    {
        Kustomization kustomization = Builds.Named(build);
        foreach (Manifest scaler in kustomization.Of("HorizontalPodAutoscaler", "ScaledObject"))
        {
            JsonNode target = scaler.Json["spec"]!["scaleTargetRef"]!;
            Manifest scaled = kustomization.Single(Manifest.Text(target["kind"]), Manifest.Text(target["name"]));
            Assert.Equal(Manifest.Text(target["apiVersion"]), scaled.ApiVersion);
            Assert.Null(scaled.Json["spec"]!["replicas"]); // an apply would put it back
        }
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void Volumes_are_there_are_mounted_and_come_from_what_is_there(string build)
    {
        Kustomization kustomization = Builds.Named(build);
        string secrets = Repository.Text("docs/kubernetes.md");
        foreach (Manifest workload in kustomization.Workloads)
        {
            IReadOnlyList<JsonNode> volumes = [.. Manifest.Items(workload.PodSpec!["volumes"])];
            IEnumerable<string> mounted = workload.Containers.SelectMany(container => Manifest.Items(container["volumeMounts"])).Select(mount => Manifest.Text(mount["name"]));
            Assert.Equal(volumes.Select(volume => Manifest.Text(volume["name"])).Order(StringComparer.Ordinal), mounted.Distinct().Order(StringComparer.Ordinal));
            foreach (JsonNode volume in volumes)
            {
                Assert.Equal(2, volume.AsObject().Count); // a name and one source
                if (volume["configMap"] is { } map) Assert.Contains(kustomization.Of("ConfigMap"), candidate => candidate.Name == Manifest.Text(map["name"]));
                if (volume["secret"] is { } secret) Assert.Contains($"`{Manifest.Text(secret["secretName"])}`", secrets, StringComparison.Ordinal);
            }
            foreach (JsonNode variable in workload.Containers.SelectMany(container => Manifest.Items(container["env"])))
            {
                if (variable["valueFrom"]?["secretKeyRef"] is { } secret) Assert.Contains($"`{Manifest.Text(secret["name"])}`", secrets, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("k8s/base")]
    [InlineData("k8s/overlays/local")]
    [InlineData("k8s/overlays/production")]
    public void A_node_is_everywhere_goes_before_its_successor_comes_and_is_not_evicted(string folder)
    {
        Manifest node = Kustomization.Of(folder).Single("DaemonSet", "pipeline-node");
        Assert.Equal(0, node.Json["spec"]!["updateStrategy"]!["rollingUpdate"]!["maxSurge"]!.GetValue<long>());
        Assert.NotNull(node.Json["spec"]!["updateStrategy"]!["rollingUpdate"]!["maxUnavailable"]);
        JsonNode toleration = Assert.Single(Manifest.Items(node.PodSpec!["tolerations"]));
        Assert.Equal(("Exists", 1), (Manifest.Text(toleration["operator"]), toleration.AsObject().Count));
        Assert.Equal("system-node-critical", Manifest.Text(node.PodSpec["priorityClassName"]));
    }

    private static string[] PortsOf(JsonObject container) => [.. Manifest.Items(container["ports"]).Select(port => Manifest.Text(port["name"]))];
}
