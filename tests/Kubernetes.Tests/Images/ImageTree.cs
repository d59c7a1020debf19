using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LogPipeline.Tests.Kubernetes.Images;

/// <summary>
/// A container without a container engine: a mount namespace with a root of its own that is read-only, <c>/app</c>, this machine's libraries and runtime, and the volumes that a
/// manifest mounts. <c>/app</c> is what a publish without profile leaves, as members' images take minutes to compile; or what lies in the folder <c>PIPELINE_PUBLISHED</c>, by project. The process has exactly the user and the capabilities that it is given.
/// </summary>
internal sealed class ImageTree : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("image-tree-");
    private readonly List<(string Path, string Source, bool ReadOnly)> _volumes = [];

    /// <param name="image">Whose build output is published.</param>
    public ImageTree(Dockerfile image)
    {
        Image = image;
        if (Environment.UserName != "root") Assert.Skip("root is wanted for mounts and users");
        _ = Tool.Find("unshare");
        _ = Tool.Find("setpriv");
        if (Environment.GetEnvironmentVariable("PIPELINE_PUBLISHED") is { Length: > 0 } published)
        {
            _volumes.Add(("/app", Path.Combine(published, Path.GetFileName(image.Project)), true));
            return;
        }
        string app = Create("app");
        (int code, string output, string errors) = Tool.Run(Tool.Find("dotnet"), "publish", Repository.FullPath(image.Project), "-c", "Release", "--no-build", "-o", app, "-nologo", "-v:quiet");
        Assert.True(code == 0, output + errors);
        _volumes.Add(("/app", app, true));
    }

    public Dockerfile Image { get; }

    /// <summary>Adds a volume; the folder that stands for it on this machine is returned.</summary>
    public string Mount(string path, bool readOnly, int owner = 0)
    {
        string source = Create("volume" + _volumes.Count);
        if (owner != 0) Chown(owner, source);
        _volumes.Add((path, source, readOnly));
        return source;
    }

    /// <summary>Starts the image's entry point.</summary>
    /// <param name="arguments">The container's arguments.</param>
    /// <param name="user">The user, who is alone in a group of the same number.</param>
    /// <param name="capabilities">What the user keeps, as a manifest names it.</param>
    /// <param name="environment">The container's variables; it has no others but the image's own.</param>
    /// <param name="through">A command that becomes the process, as one that enters a network; null for none.</param>
    public Process Start(IEnumerable<string> arguments, int user, IEnumerable<string> capabilities, IReadOnlyDictionary<string, string> environment, (string Program, string[] Arguments)? through = null)
    {
        string root = Create("root");
        var script = new List<string> { "set -e", "mount --make-rprivate /", $"mount -t tmpfs tmpfs {root}", $"mkdir -p {root}/proc {root}/dev {root}/tmp {root}/usr" };
        script.Add($"for d in bin lib lib64; do if [ -L /$d ]; then ln -s usr/$d {root}/$d; elif [ -d /$d ]; then mkdir {root}/$d; mount --rbind /$d {root}/$d; fi; done");
        foreach (string folder in (string[])["proc", "dev", "usr"]) script.Add($"mount --rbind /{folder} {root}/{folder}");
        foreach ((string path, string source, bool readOnly) in _volumes)
        {
            script.Add($"mkdir -p {root}{path}; mount --bind {source} {root}{path}");
            if (readOnly) script.Add($"mount -o remount,bind,ro {root}{path}");
        }
        script.Add($"mount -o remount,ro {root}");
        string kept = string.Concat(capabilities.Select(capability => ",+" + capability.ToLowerInvariant()));
        // An entry point without "dotnet" in front looks for the runtime where an installation usually puts it.
        string runtime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        string variables = $"DOTNET_ROOT={runtime} " + string.Join(' ', environment.Concat(Image.Variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value))).Select(variable => $"'{variable.Key}={variable.Value}'"));
        script.Add($"exec chroot {root} setpriv --reuid {user} --regid {user} --clear-groups --inh-caps=-all --bounding-set=-all{kept} --no-new-privs env -i PATH=/usr/bin {variables} {string.Join(' ', Image.EntryPoint)} {string.Join(' ', arguments)}");
        string[] unshare = ["unshare", "--mount", "sh", "-c", string.Join('\n', script)];
        return through is { } entry ? Tool.Start(entry.Program, [.. entry.Arguments, .. unshare], new Dictionary<string, string?>()) : Tool.Start(unshare[0], unshare[1..], new Dictionary<string, string?>());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Gives a file or folder to a user.</summary>
    public static void Chown(int owner, string path) => Assert.Equal(0, Tool.Run("chown", $"{owner}:{owner}", path).ExitCode);

    private string Create(string name) => _folder.CreateSubdirectory(name).FullName;
}
