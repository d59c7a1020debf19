using System.Globalization;

namespace LogPipeline.Tests.Running;

/// <summary>A directory of a test's own: logs, state, configuration. Deleted with all that is in it.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly List<string> _sources = [];
    private readonly List<string> _settings = [];

    public Workspace()
    {
        // 0755: logrotate refuses directories that others may write to.
        Root = Directory.CreateTempSubdirectory("pipeline-e2e-").FullName;
        File.SetUnixFileMode(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        State = Path.Combine(Root, "state");
    }

    public string Root { get; }

    /// <summary>The state directory; may be set elsewhere before <see cref="Configuration"/> is written.</summary>
    public string State { get; set; }

    /// <summary>A directory of the workspace, made if it is not there.</summary>
    public string Folder(params string[] names) => Directory.CreateDirectory(Path.Combine([Root, .. names])).FullName;

    /// <summary>How long the end of a process waits for answers.</summary>
    public string DrainTimeout { get; set; } = "10s";

    /// <summary>How often positions are made durable.</summary>
    public string CheckpointInterval { get; set; } = "100ms";

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Further lines of the section <c>indexing</c>.</summary>
    public List<string> Indexing { get; } = [];

    public void Read(string glob) => _sources.Add(glob);

    /// <summary>Lines of YAML, with their section.</summary>
    public void Set(string yaml) => _settings.Add(yaml);

    /// <summary>Writes the configuration and gives its path.</summary>
    /// <param name="store"><c>embedded</c> or a URL.</param>
    public string Configuration(string store)
    {
        string path = PathOf("pipeline.yaml");
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"""
            sources:
            {string.Join('\n', _sources.Select(glob => $"  - path: \"{glob}\""))}
            ledger:
              state_directory: {State}
              checkpoint_interval: {CheckpointInterval}
              drain_timeout: {DrainTimeout}
            indexing:
              max_backoff: 200ms{string.Concat(Indexing.Select(line => "\n  " + line))}
            tailing:
              rescan_interval: 2s
            web:
              listen: 127.0.0.1:0
            {string.Join('\n', _settings)}
            """) + (_settings.Exists(section => section.StartsWith("store:", StringComparison.Ordinal)) ? "" : $"\nstore:\n  urls: [\"{store}\"]\n") + "\n");
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
