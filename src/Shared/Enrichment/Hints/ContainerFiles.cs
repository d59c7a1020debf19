using System.Text;
using LogPipeline.Enrichment.Pods;
using LogPipeline.Sources.Layouts;

namespace LogPipeline.Enrichment.Hints;

/// <summary>
/// Where the node has the files that a path in a container names: beneath the volumes that the path leads into by the container's mounts, in the kubelet's directory of Pods
/// (<see cref="EmptyDirectoryPath"/>). Only emptyDir volumes on disk can be read; a file on no volume is in a layer of the container that nothing outside of it sees.
/// </summary>
internal static class ContainerFiles
{
    /// <summary>Globs over the node's paths; none, with the reason, where there can be no such files.</summary>
    public static IReadOnlyList<string> Find(PodMetadata pod, PodContainer container, string glob, string podsDirectory, out string problem)
    {
        if (!PathGlob.TryParse(glob, out _, out problem))
        {
            problem = "cannot be used: " + problem;
            return [];
        }
        string[] parts = glob.Split('/', StringSplitOptions.RemoveEmptyEntries);
        PodMount[] entered = [.. container.Mounts.Where(mount => LeadsInto(parts, Components(mount.Path)))];
        // What is mounted deeper on the way hides what the volume itself has there.
        entered = [.. entered.Where(mount => !entered.Any(deeper => Components(deeper.Path).Length > Components(mount.Path).Length && Names(parts, Components(deeper.Path))))];
        if (entered.Length == 0) problem = $"is on no volume of container '{container.Name}'";
        var found = new List<string>();
        foreach (PodMount mount in entered)
        {
            if (!pod.EmptyDirectories.Contains(mount.Volume)) problem = $"is on the volume '{mount.Volume}', and only emptyDir volumes on disk can be read";
            else if (mount.SubPath is not { } subPath) problem = $"is on the volume '{mount.Volume}' at a path that an expression gives (subPathExpr)";
            else
            {
                string[] components = [pod.Uid, "volumes", "kubernetes.io~empty-dir", mount.Volume, .. Components(subPath)];
                string path = $"{Escape(podsDirectory.TrimEnd('/'))}/{string.Join('/', components.Select(Escape))}/{string.Join('/', parts[Components(mount.Path).Length..])}";
                // Only where a path tells that it is in a volume, and whose, is it read as the Pod's and without following links.
                if (PathGlob.TryParse(path, out _, out string fault) && EmptyDirectoryPath.TryParse(path, out _, out _, out _)) found.Add(path);
                else problem = "cannot be found on the node: " + (fault.Length > 0 ? fault : $"'{podsDirectory}' is no directory named pods");
            }
        }
        return found;
    }

    private static string[] Components(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The glob has matches beneath the directory, each of its components there standing for one of the directory's.</summary>
    private static bool LeadsInto(string[] glob, string[] directory) => glob.Length > directory.Length && directory.Index().All(part => Matches(glob[part.Index], part.Item));

    /// <summary>All matches of the glob lie beneath the directory.</summary>
    private static bool Names(string[] glob, string[] directory) => directory.Index().All(part => GlobSegment.Parse(glob[part.Index], out _)?.Literal == part.Item);

    private static bool Matches(string segment, string name) => GlobSegment.Parse(segment, out _) is { AnyDepth: false } parsed && parsed.IsMatch(name);

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (char character in text) escaped.Append(character is '*' or '?' or '[' or '\\' ? "\\" : "").Append(character);
        return escaped.ToString();
    }
}
