using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace LogPipeline.Tests.Kubernetes.Manifests;

public sealed partial class SecurityTests
{
    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void No_right_is_given_beyond_reading_pods_and_namespaces(string build)
    {
        IReadOnlyList<Manifest> roles = [.. Builds.Named(build).Of("Role", "ClusterRole")];
        foreach (JsonNode rule in roles.SelectMany(role => Manifest.Items(role.Json["rules"])))
        {
            Assert.Equal([""], Manifest.Items(rule["apiGroups"]).Select(Manifest.Text));
            Assert.Empty(Manifest.Items(rule["resources"]).Select(Manifest.Text).Except(["pods", "namespaces"]));
            Assert.Empty(Manifest.Items(rule["verbs"]).Select(Manifest.Text).Except(["get", "list", "watch"]));
        }
        // Only the node's role is one of the whole cluster.
        Assert.All(roles, role => Assert.Equal(role.Kind == "ClusterRole", role.Name == "log-pipeline-node"));
        IReadOnlyList<Manifest> accounts = [.. Builds.Named(build).Of("ServiceAccount")];
        foreach (Manifest binding in Builds.Named(build).Of("RoleBinding", "ClusterRoleBinding"))
        {
            Assert.Contains(roles, role => role.Kind == Manifest.Text(binding.Json["roleRef"]!["kind"]) && role.Name == Manifest.Text(binding.Json["roleRef"]!["name"]));
            JsonNode subject = Assert.Single(Manifest.Items(binding.Json["subjects"]));
            Assert.Contains(accounts, account => account.Name == Manifest.Text(subject["name"]) && account.Namespace == Manifest.Text(subject["namespace"]));
        }
        Assert.All(accounts, account => Assert.False(account.Json["automountServiceAccountToken"]!.GetValue<bool>()));
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void No_secret_stands_in_a_manifest(string build)
    {
        Kustomization kustomization = Builds.Named(build);
        Assert.Empty(kustomization.Of("Secret"));
        Assert.DoesNotMatch(UrlWithPassword(), kustomization.Yaml);
        IEnumerable<JsonNode> variables = kustomization.Workloads.SelectMany(workload => workload.Containers).SelectMany(container => Manifest.Items(container["env"]));
        Assert.All(variables.Where(variable => SecretName().IsMatch(Manifest.Text(variable["name"]))), variable => Assert.NotNull(variable["valueFrom"]?["secretKeyRef"]));
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void Every_image_is_pinned_by_a_tag_and_the_pipelines_own_by_the_products_version(string build)
    {
        string version = XDocument.Load(Repository.FullPath("Directory.Build.props")).Descendants("Version").Single().Value;
        foreach (string image in Builds.Named(build).Workloads.SelectMany(workload => workload.Containers).Select(container => Manifest.Text(container["image"])))
        {
            Match pinned = PinnedImage().Match(image);
            Assert.True(pinned.Success, image);
            if (image.Contains("log-pipeline", StringComparison.Ordinal)) Assert.Equal(version, pinned.Groups[1].Value);
            else Assert.NotEqual("latest", pinned.Groups[1].Value);
        }
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void A_pod_has_no_right_that_it_does_not_need(string build)
    {
        foreach (Manifest workload in Builds.Named(build).Workloads)
        {
            JsonObject pod = workload.PodSpec!;
            bool node = workload.Kind == "DaemonSet";
            foreach (string shared in (string[])["hostNetwork", "hostPID", "hostIPC"]) Assert.Null(pod[shared]);
            Assert.NotNull(pod["automountServiceAccountToken"]);
            Assert.Equal(workload.Name == "pipeline-node", pod["automountServiceAccountToken"]!.GetValue<bool>());
            Assert.Equal("RuntimeDefault", Manifest.Text(pod["securityContext"]!["seccompProfile"]!["type"]));
            Assert.Equal(!node, pod["securityContext"]!["runAsNonRoot"]?.GetValue<bool>() ?? false);
            foreach (JsonObject container in workload.Containers)
            {
                JsonNode context = container["securityContext"]!;
                Assert.False(context["allowPrivilegeEscalation"]!.GetValue<bool>());
                Assert.Null(context["privileged"]);
                Assert.Equal(["ALL"], Manifest.Items(context["capabilities"]!["drop"]).Select(Manifest.Text));
                Assert.Equal(node ? ["DAC_READ_SEARCH"] : [], Manifest.Items(context["capabilities"]!["add"]).Select(Manifest.Text));
                if (node) Assert.Equal(0, context["runAsUser"]!.GetValue<long>());
                if (Manifest.Text(container["image"]).Contains("log-pipeline", StringComparison.Ordinal)) Assert.True(context["readOnlyRootFilesystem"]!.GetValue<bool>());
                Assert.Empty(((string[])["cpu", "memory"]).Except(container["resources"]!["requests"]!.AsObject().Select(request => request.Key)));
                Assert.NotNull(container["resources"]!["limits"]!["memory"]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Builds.Names), MemberType = typeof(Builds))]
    public void What_is_mounted_from_the_host_is_read_only_but_for_the_state(string build)
    {
        foreach (Manifest workload in Builds.Named(build).Workloads)
        {
            string[] host = [.. Manifest.Items(workload.PodSpec!["volumes"]).Where(volume => volume["hostPath"] is not null).Select(volume => Manifest.Text(volume["name"]))];
            if (workload.Kind != "DaemonSet") Assert.Empty(host);
            foreach (JsonNode mount in workload.Containers.SelectMany(container => Manifest.Items(container["volumeMounts"])).Where(mount => host.Contains(Manifest.Text(mount["name"]))))
                Assert.Equal(Manifest.Text(mount["name"]) != "state", mount["readOnly"]?.GetValue<bool>() ?? false);
        }
    }

    [Fact]
    public void Every_pod_of_the_pipeline_is_behind_a_policy_that_lets_nobody_in_unasked()
    {
        Manifest deny = Kustomization.Of("k8s/base").Single("NetworkPolicy", "deny-ingress");
        Assert.Null(deny.Json["spec"]!["ingress"]);
        foreach (Manifest workload in Kustomization.Of("k8s/base").Workloads)
            Assert.Empty(Manifest.LabelsOf(deny.Json["spec"]!["podSelector"]!["matchLabels"]).Except(workload.PodLabels));
    }

    [GeneratedRegex(@"://[^/\s""]+:[^/\s""]+@")]
    private static partial Regex UrlWithPassword();

    [GeneratedRegex("PASSWORD|TOKEN|SECRET|API_KEY|^PIPELINE_POSITIONS$|_USER$")]
    private static partial Regex SecretName();

    [GeneratedRegex(@"^[a-z0-9./-]+:([0-9]+(?:\.[0-9]+){2}[a-z0-9.-]*)$")]
    private static partial Regex PinnedImage();
}
