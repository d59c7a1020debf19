using System.Diagnostics.CodeAnalysis;

namespace LogPipeline.Sources.Layouts;

/// <summary>Where the kubelet keeps what containers write into emptyDir volumes, under whatever root: <c>…/pods/&lt;uid&gt;/volumes/kubernetes.io~empty-dir/&lt;volume&gt;/…</c>.</summary>
public static class EmptyDirectoryPath
{
    private const string Volumes = "/volumes/kubernetes.io~empty-dir/", Pods = "/pods/";

    /// <summary>The Pod's uid, the volume and the path inside it, without a slash at its beginning; false for every other path.</summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out string? podUid, [NotNullWhen(true)] out string? volume, [NotNullWhen(true)] out string? inside)
    {
        (podUid, volume, inside) = (null, null, null);
        int at = path.IndexOf(Volumes, StringComparison.Ordinal);
        if (at < 0) return false;
        int slash = path.LastIndexOf('/', Math.Max(at - 1, 0)), end = path.IndexOf('/', at + Volumes.Length);
        if (slash < 0 || end < 0 || slash + 1 == at || end == at + Volumes.Length || end + 1 == path.Length || !path.AsSpan(0, slash + 1).EndsWith(Pods)) return false;
        (podUid, volume, inside) = (path[(slash + 1)..at], path[(at + Volumes.Length)..end], path[(end + 1)..]);
        return true;
    }
}
