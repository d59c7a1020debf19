using LogPipeline.Sources;
using LogPipeline.Sources.Layouts;

namespace LogPipeline.Tests.Sources.Layouts;

public sealed class ContainerPathTests
{
    private const string Id = "b9b1a4367af6bbe3da6d3422897e7c88a9c421d89ef512ae8ec6321f16d741d3";

    [Theory]
    [InlineData("/var/log/pods/fix-a_rotate_7d81e555-4683-48dc-8922-f376acea2275/burst/12.log", "fix-a", "rotate", "7d81e555-4683-48dc-8922-f376acea2275", "burst", 12)]
    [InlineData("/tmp/demo/kube-system_etcd-n1.example.com_a5e0b2c19d8f4a7b6c3d2e1f00112233/etcd/0.log", "kube-system", "etcd-n1.example.com", "a5e0b2c19d8f4a7b6c3d2e1f00112233", "etcd", 0)]
    public void The_last_three_components_tell_the_pod(string path, string ns, string pod, string uid, string container, int restart)
    {
        Assert.True(KubeletPath.TryParse(path, out LogOrigin? origin));
        Assert.Equal(new LogOrigin { Namespace = ns, Pod = pod, PodUid = uid, Container = container, Restart = restart }, origin);
    }

    [Theory]
    [InlineData("/var/log/pods/a_b_c/app/0.log.20261120-155410")]
    [InlineData("/var/log/pods/a_b_c/app/00.log")]
    [InlineData("/var/log/pods/a_b_c/app/x.log")]
    [InlineData("/var/log/pods/a_b_c/app/-1.log")]
    [InlineData("/var/log/pods/a_b_c/app/99999999999.log")]
    [InlineData("/var/log/pods/a_b_c/App/0.log")]
    [InlineData("/var/log/pods/a_b/app/0.log")]
    [InlineData("/var/log/pods/a__c/app/0.log")]
    [InlineData("/var/log/pods/a_b_/app/0.log")]
    [InlineData("/var/log/pods/a_b_c_d/app/0.log")]
    [InlineData("/0.log")]
    [InlineData("0.log")]
    public void Other_paths_are_no_pods(string path) => Assert.False(KubeletPath.TryParse(path, out _));

    [Theory]
    [InlineData($"/var/lib/docker/containers/{Id}/{Id}-json.log", true)]
    [InlineData($"/{Id}/{Id}-json.log", true)]
    [InlineData($"{Id}/{Id}-json.log", false)]
    [InlineData($"/x/{Id}/{Id}-json.log.1", false)]
    [InlineData($"/x/{Id}/b9b1a4367af6-json.log", false)]
    [InlineData("/x/app-json.log", false)]
    public void Docker_names_directory_and_file_by_the_id(string path, bool expected)
    {
        Assert.Equal(expected, DockerPath.TryParse(path, out string? id));
        Assert.Equal(expected ? Id : null, id);
    }
}
