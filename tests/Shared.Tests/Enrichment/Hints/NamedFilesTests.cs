using LogPipeline.Enrichment.Hints;
using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Tests.Enrichment.Hints;

/// <summary>Files that Pods name by their paths in a container, and where the node has them.</summary>
public sealed class NamedFilesTests
{
    private const string Pods = "/var/lib/kubelet/pods", Volumes = Pods + "/u1/volumes/kubernetes.io~empty-dir/";

    [Theory]
    [InlineData("/var/log/app/*.log", "logs/*.log")]
    [InlineData("/var/log/app/**/*.log", "logs/**/*.log")]
    [InlineData("/var/log/*/orders.log", "logs/orders.log")]
    [InlineData("/var/log/app/proxy/access.log", "logs/a\\[1]/access.log")] // what is mounted deeper hides what the volume has there
    public void A_path_in_a_container_is_found_in_the_volume_that_is_mounted_there(string path, string found)
    {
        PodHints hints = PodHints.Of(Pod(("logpipeline.io/files.app", path)), Pods);
        Assert.Equal([Volumes + found], hints.Files.Select(files => files.Path));
        Assert.Empty(hints.Problems);
    }

    [Fact]
    public void Containers_and_other_collectors_variables_name_files_too_and_who_named_one_wrote_it()
    {
        PodMetadata pod = Pod(("logpipeline.io/files", "/logs/a.log, /var/log/app/b.log"));
        PodHints hints = PodHints.Of(pod with { Containers = [pod.Containers[0] with { Environment = Variables(("LOG_COLLECT_FILES", "/var/log/app/c.log"), ("aliyun_logs_d", "/var/log/app/d.log"), ("aliyun_logs_out", "stdout")) }, pod.Containers[1]] }, Pods);
        Assert.Empty(hints.Problems);
        Assert.Equal(["proxy logs/a.log", "app logs/b.log", "app logs/c.log", "app logs/d.log"], hints.Files.Select(files => $"{files.Container} {files.Path[Volumes.Length..]}"));
        Assert.Equal("proxy", hints.ContainerOf(Volumes + "logs/a.log"));
        Assert.Null(hints.ContainerOf(Volumes + "logs/other.log"));
    }

    [Theory]
    [InlineData("/tmp/app.log", "is on no volume of container 'app'")]
    [InlineData("/host/log/*.log", "is on the volume 'host-logs', and only emptyDir volumes on disk can be read")]
    [InlineData("/cache/*.log", "is on the volume 'memory', and only emptyDir volumes on disk can be read")]
    [InlineData("/by-name/*.log", "is on the volume 'logs' at a path that an expression gives (subPathExpr)")]
    [InlineData("/var/log/app/../../../etc/shadow", "cannot be used: ")]
    [InlineData("/up/a.log", "cannot be found on the node: ")]
    [InlineData("logs/*.log", "cannot be used: ")]
    [InlineData("/**/*.log", "is on no volume of container 'app'")]
    public void Files_that_cannot_be_read_are_named_with_the_reason(string path, string problem)
    {
        PodHints hints = PodHints.Of(Pod(("logpipeline.io/files.app", path)), Pods);
        Assert.Empty(hints.Files);
        Assert.StartsWith($"logpipeline.io/files.app names '{path}', which {problem}", Assert.Single(hints.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_kubelets_directory_the_component_that_mounts_it_is_named() =>
        Assert.Contains("k8s/components/in-container-files mounts it", Assert.Single(PodHints.Of(Pod(("logpipeline.io/files", "/logs/*.log"))).Problems), StringComparison.Ordinal);

    [Fact]
    public void A_directory_whose_paths_do_not_tell_whose_a_volume_is_is_not_read() =>
        Assert.Contains("'/srv/kubelet' is no directory named pods", Assert.Single(PodHints.Of(Pod(("logpipeline.io/files.proxy", "/logs/*.log")), "/srv/kubelet").Problems), StringComparison.Ordinal);

    [Fact]
    public void A_pod_that_says_it_is_a_static_one_names_nothing()
    {
        PodHints hints = PodHints.Of(Pod(("logpipeline.io/files", "/logs/*.log"), ("kubernetes.io/config.hash", "another")), Pods);
        Assert.Empty(hints.Files);
        Assert.Contains("static Pod", Assert.Single(hints.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_names_a_bounded_number_of_places()
    {
        PodHints hints = PodHints.Of(Pod(("logpipeline.io/files", string.Join(',', Enumerable.Range(0, 33).Select(number => $"/logs/{number}.log")))), Pods);
        Assert.Equal(32, hints.Files.Count);
        Assert.Contains("'/logs/32.log' beyond the 32 places", Assert.Single(hints.Problems), StringComparison.Ordinal);
    }

    private static PodMetadata Pod(params (string Key, string Value)[] annotations) => new()
    {
        Uid = "u1", Namespace = "shop", Name = "cart", Annotations = Variables(annotations), EmptyDirectories = ["logs"],
        Containers =
        [
            new PodContainer
            {
                Name = "app",
                Mounts =
                [
                    new PodMount("logs", "/var/log/app/"), new PodMount("logs", "/var/log/app/proxy", "a[1]"), new PodMount("host-logs", "/host/log"), new PodMount("memory", "/cache"),
                    new PodMount("logs", "/by-name", null), new PodMount("logs", "/up", ".."),
                ],
            },
            new PodContainer { Name = "proxy", Mounts = [new PodMount("logs", "/logs")] },
        ],
    };

    private static Dictionary<string, string> Variables(params (string Name, string Value)[] variables) => variables.ToDictionary(variable => variable.Name, variable => variable.Value);
}
