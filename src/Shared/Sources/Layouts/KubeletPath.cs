using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LogPipeline.Sources.Layouts;

/// <summary>
/// The kubelet's layout, under whatever root: <c>…/&lt;namespace&gt;_&lt;pod&gt;_&lt;uid&gt;/&lt;container&gt;/&lt;restart&gt;.log</c>. Namespace, pod and container are DNS
/// names and so have no underscore; the uid of a static Pod is a hash and no UUID.
/// </summary>
public static class KubeletPath
{
    private static readonly SearchValues<char> Label = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> Subdomain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");
    private static readonly SearchValues<char> Uid = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

    /// <summary>The writer of the live file at <paramref name="path"/>; false for every other path.</summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out LogOrigin? origin)
    {
        origin = null;
        int slash = path.LastIndexOf('/');
        if (slash < 0 || !TryRestart(path.AsSpan(slash + 1), out int restart)) return false;
        if (!TryDirectory(path.AsSpan(0, slash), out ReadOnlySpan<char> pod, out ReadOnlySpan<char> container)) return false;
        int first = pod.IndexOf('_'), last = pod.LastIndexOf('_');
        origin = new LogOrigin
        {
            Namespace = pod[..first].ToString(),
            Pod = pod[(first + 1)..last].ToString(),
            PodUid = pod[(last + 1)..].ToString(),
            Container = container.ToString(),
            Restart = restart,
        };
        return true;
    }

    /// <summary>The path is that of a container's live file.</summary>
    public static bool IsLiveFile(ReadOnlySpan<char> path)
    {
        int slash = path.LastIndexOf('/');
        return slash >= 0 && TryRestart(path[(slash + 1)..], out _) && IsContainerDirectory(path[..slash]);
    }

    /// <summary>The directory of one container's log files.</summary>
    public static bool IsContainerDirectory(ReadOnlySpan<char> directory) => TryDirectory(directory, out _, out _);

    /// <summary>The number of <c>N.log</c>.</summary>
    public static bool TryRestart(ReadOnlySpan<char> name, out int restart)
    {
        restart = 0;
        return name.EndsWith(".log") && int.TryParse(name[..^4], NumberStyles.None, CultureInfo.InvariantCulture, out restart)
            && (name.Length == 5 || name[0] != '0');
    }

    private static bool TryDirectory(ReadOnlySpan<char> directory, out ReadOnlySpan<char> pod, out ReadOnlySpan<char> container)
    {
        pod = container = default;
        int slash = directory.LastIndexOf('/');
        if (slash < 1) return false;
        container = directory[(slash + 1)..];
        pod = directory[..slash];
        pod = pod[(pod.LastIndexOf('/') + 1)..];
        if (container.IsEmpty || container.ContainsAnyExcept(Label)) return false;
        int first = pod.IndexOf('_'), last = pod.LastIndexOf('_');
        return first > 0 && last > first + 1 && last < pod.Length - 1
            && !pod[..first].ContainsAnyExcept(Label)
            && !pod[(first + 1)..last].ContainsAnyExcept(Subdomain)
            && !pod[(last + 1)..].ContainsAnyExcept(Uid);
    }
}
