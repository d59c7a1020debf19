namespace LogPipeline.Tests.Kubernetes.Images;

/// <summary>A container's log as the runtime leaves it: mode 0640 in a folder of mode 0750.</summary>
internal static class PodLog
{
    public const string Text = "hello";

    private const string Line = $"2026-11-20T16:06:02.123456789Z stdout F {Text}\n";

    /// <summary>The size of a log.</summary>
    public static int Bytes => Line.Length;

    /// <summary>Writes a log of one line.</summary>
    /// <param name="folder">Of the container, under the volume that stands for <c>/var/log/pods</c>.</param>
    /// <param name="owner">User and group.</param>
    public static void Write(string folder, int owner)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "0.log");
        File.WriteAllText(file, Line);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        ImageTree.Chown(owner, file);
    }
}
