using LogPipeline.Tailing;
using LogPipeline.Tailing.Volumes;

namespace LogPipeline.Tests.Tailing.Volumes;

/// <summary>Whoever writes into a Pod's volume reads nothing through it that is not its own.</summary>
public sealed class VolumeFileSystemTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("volumes-").FullName;
    private readonly VolumeFileSystem _files = new(new UnixFileSystem());
    private readonly string _volume, _secrets;

    public VolumeFileSystemTests()
    {
        _volume = Directory.CreateDirectory(Path.Join(_root, "pods/u1/volumes/kubernetes.io~empty-dir/logs")).FullName;
        _secrets = Directory.CreateDirectory(Path.Join(_root, "pods/u2/volumes/kubernetes.io~secret/token")).FullName;
        Directory.CreateDirectory(Path.Join(_volume, "app"));
        File.WriteAllText(Path.Join(_volume, "app/a.log"), "own");
        File.WriteAllText(Path.Join(_secrets, "a.log"), "secret");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Files_in_a_volume_are_listed_seen_and_read_as_anywhere_else()
    {
        string directory = Path.Join(_volume, "app"), file = Path.Join(directory, "a.log");
        Assert.Equal([new DirectoryItem("app", DirectoryItemKind.Directory)], _files.List(_volume));
        Assert.Equal([new DirectoryItem("a.log", DirectoryItemKind.File)], _files.List(directory));
        Assert.Equal(new UnixFileSystem().Stat(file), _files.Stat(file));
        Assert.True(_files.Stat(directory)!.Value.IsDirectory);
        Assert.Equal(file, _files.ResolvePath(file));
        Assert.Equal("own", Read(file));
        Assert.Null(_files.Stat(Path.Join(_volume, "none/a.log")));
        Assert.Null(_files.ResolvePath(Path.Join(_volume, "none")));
        Assert.Throws<FileNotFoundException>(() => _files.Open(Path.Join(directory, "none")));
        Assert.Throws<DirectoryNotFoundException>(() => _files.List(Path.Join(_volume, "none")));
        Assert.Throws<IOException>(() => _files.Open(directory));
    }

    [Fact]
    public void A_link_to_the_kubelets_directory_itself_is_the_machines_own_and_followed()
    {
        string elsewhere = _root + "-link";
        Directory.CreateSymbolicLink(elsewhere, _root);
        string file = Path.Join(elsewhere, "pods/u1/volumes/kubernetes.io~empty-dir/logs/app/a.log");
        Assert.Equal("own", Read(file));
        Assert.Equal(Path.Join(_volume, "app/a.log"), _files.ResolvePath(file));
        File.Delete(elsewhere);
    }

    [Theory]
    [InlineData("a.log")] // to a file
    [InlineData("there/a.log")] // to a directory
    [InlineData("app/../../../../../u2/volumes/kubernetes.io~secret/token/a.log")] // without any link
    public void A_link_out_of_a_volume_leads_nowhere(string inside)
    {
        File.CreateSymbolicLink(Path.Join(_volume, "a.log"), Path.Join(_secrets, "a.log"));
        Directory.CreateSymbolicLink(Path.Join(_volume, "there"), _secrets);
        string path = $"{_volume}/{inside}";
        Assert.Equal("secret", File.ReadAllText(path));
        Assert.Null(_files.Stat(path));
        Assert.Null(_files.ResolvePath(path));
        Assert.ThrowsAny<IOException>(() => _files.Open(path));
        Assert.Throws<DirectoryNotFoundException>(() => _files.List(Path.GetDirectoryName(path) == _volume ? path : path[..path.LastIndexOf('/')]));
    }

    [Fact]
    public async Task A_link_that_takes_a_directorys_place_while_it_is_read_leads_nowhere()
    {
        string directory = Path.Join(_volume, "app"), aside = Path.Join(_volume, "aside"), file = Path.Join(directory, "a.log");
        using var done = new CancellationTokenSource();
        int tries = 0;
        Task swaps = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    Directory.Move(directory, aside);
                    Directory.CreateSymbolicLink(directory, _secrets);
                    AwaitTry();
                    File.Delete(directory);
                    Directory.Move(aside, directory);
                    AwaitTry();
                }

                void AwaitTry()
                {
                    int before = Volatile.Read(ref tries);
                    SpinWait.SpinUntil(() => Volatile.Read(ref tries) > before || done.IsCancellationRequested);
                }
            },
            TestContext.Current.CancellationToken);
        var read = new List<string>();
        for (int refused = 0; read.Count < 500 || refused < 500; Interlocked.Increment(ref tries))
        {
            try
            {
                read.Add(Read(file));
            }
            catch (IOException)
            {
                refused++; // not there at that moment, or a link
            }
            if (tries > 100_000) break;
        }
        await done.CancelAsync();
        await swaps;
        Assert.All(read, text => Assert.Equal("own", text));
    }

    private string Read(string path)
    {
        using ILogFileHandle handle = _files.Open(path);
        byte[] bytes = new byte[64];
        return System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, handle.Read(0, bytes)));
    }
}
