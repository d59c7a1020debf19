namespace LogPipeline.Configuration;

/// <summary>One place to read logs from.</summary>
public sealed class SourceOptions
{
    /// <summary>A glob over absolute paths (<c>*</c>, <c>?</c>, <c>[…]</c>, <c>**</c>).</summary>
    public string Path { get; set; } = "";

    /// <summary>Globs of what is left out of <see cref="Path"/>.</summary>
    public List<string> Exclude { get; set; } = [];

    /// <summary><c>auto</c> (by the path's layout: kubelet, docker, else plain), <c>cri</c>, <c>docker</c> or <c>plain</c>.</summary>
    public string Format { get; set; } = "auto";

    /// <summary>Globs of the machine's usual logs: kubelet, docker, system.</summary>
    public static IReadOnlyList<string> MachineDefaults { get; } =
        ["/var/log/pods/*/*/*.log", "/var/lib/docker/containers/*/*-json.log", "/var/log/syslog", "/var/log/messages", "/var/log/**/*.log"];
}
