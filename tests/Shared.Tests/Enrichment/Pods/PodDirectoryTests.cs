using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;
using LogPipeline.Sources;
using LogPipeline.Tests.Indexing;

namespace LogPipeline.Tests.Enrichment.Pods;

public sealed class PodDirectoryTests
{
    private readonly VirtualTime _time = new();
    private readonly PodDirectory _directory;

    public PodDirectoryTests() => _directory = new PodDirectory(new RecordingLog(), _time, "/kubelet/pods");

    [Fact]
    public void Files_that_a_pod_has_named_are_sources_until_it_is_gone_and_all_of_it_is_stored()
    {
        Assert.Null(_directory.Current);
        _directory.Replace([Pod("u1", "/logs/a.log")]);
        IReadOnlyList<SourceOptions>? first = _directory.Current;
        Assert.Equal(["u1/a.log plain"], Sources());
        Assert.Same(first, _directory.Current);
        // Another file instead of the first, which goes on being read.
        _directory.Put(Pod("u1", "/logs/b.log"));
        Assert.Equal(["u1/a.log plain", "u1/b.log plain"], Sources());
        var origin = new LogOrigin { PodUid = "u1" };
        _directory.Enter(origin);
        _directory.Remove(Pod("u1", "/logs/b.log"));
        Pass(TimeSpan.FromHours(1));
        Assert.Equal(["other/c.log plain", "u1/a.log plain", "u1/b.log plain"], Sources());
        _directory.Leave(origin);
        Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(["other/c.log plain"], Sources());
    }

    [Fact]
    public void A_pod_that_says_its_logs_are_under_anothers_uid_takes_nothing_of_that_ones()
    {
        _directory.Replace([Pod("u1", "/logs/a.log")]);
        PodMetadata impostor = Pod("u2", "/logs/b.log") with { Namespace = "evil", Annotations = new Dictionary<string, string> { ["kubernetes.io/config.hash"] = "u1", ["logpipeline.io/files"] = "/logs/b.log" } };
        _directory.Put(impostor);
        Assert.Equal("shop", _directory.Find(new LogOrigin { PodUid = "u1" }).Namespace);
        Assert.Equal(["u1/a.log plain"], Sources());
        // Nor can it have the other forgotten by its own end, and whoever comes first does not matter.
        _directory.Remove(impostor);
        Pass(TimeSpan.FromHours(1));
        Assert.Equal("shop", _directory.Find(new LogOrigin { PodUid = "u1" }).Namespace);
        var late = new PodDirectory(new RecordingLog(), _time);
        late.Put(impostor);
        late.Put(Pod("u1", "/logs/a.log"));
        Assert.Equal("shop", late.Find(new LogOrigin { PodUid = "u1" }).Namespace);
    }

    private List<string> Sources() => [.. _directory.Current!.Select(source => source.Path["/kubelet/pods/".Length..].Replace("/volumes/kubernetes.io~empty-dir/logs", "", StringComparison.Ordinal) + " " + source.Format)];

    // What is kept is looked through when something else is told.
    private void Pass(TimeSpan time)
    {
        _time.Advance(time);
        _directory.Put(Pod("other", "/logs/c.log"));
        _time.Advance(TimeSpan.FromMinutes(6));
        _directory.Put(Pod("other", "/logs/c.log"));
    }

    private static PodMetadata Pod(string uid, string files) => new()
    {
        Uid = uid, Namespace = "shop", Name = "cart", EmptyDirectories = ["logs"], Annotations = new Dictionary<string, string> { ["logpipeline.io/files"] = files },
        Containers = [new PodContainer { Name = "app", Mounts = [new PodMount("logs", "/logs")] }],
    };
}
