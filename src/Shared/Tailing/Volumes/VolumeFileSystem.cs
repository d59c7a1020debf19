using System.Runtime.InteropServices;
using LogPipeline.Sources.Layouts;
using Microsoft.Win32.SafeHandles;
using static LogPipeline.Tailing.UnixFileSystemNative;

namespace LogPipeline.Tailing.Volumes;

/// <summary>
/// Another file system that follows no symbolic link inside a Pod's emptyDir volume (<see cref="EmptyDirectoryPath"/>). Whoever writes there is not trusted: a link, also one that takes a
/// directory's place while its files are being read, could otherwise lead to another Pod's files, its Secrets, or the machine's. The volume's own directory is the kubelet's; from there on
/// each component is opened from the descriptor of the one before, with <c>O_NOFOLLOW</c>. A link leads nowhere, also one that stays inside.
/// </summary>
/// <param name="files">Everything else.</param>
public sealed unsafe class VolumeFileSystem(IFileSystem files) : IFileSystem
{
    public IReadOnlyList<DirectoryItem> List(string directory)
    {
        if (!TryParse(directory, out string volume, out string[] inside)) return files.List(directory);
        int descriptor = OpenInside(volume, inside, CloseOnExec | DirectoryOnly);
        if (descriptor < 0) throw UnixFileSystem.Failure(Marshal.GetLastPInvokeError(), directory, directoryWanted: true);
        nint stream = OpenDirectoryStream(descriptor);
        if (stream != 0) return UnixFileSystem.ReadAll(stream, directory);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        throw UnixFileSystem.Failure(error, directory, directoryWanted: true);
    }

    public FileStatus? Stat(string path)
    {
        if (!TryParse(path, out string volume, out string[] inside)) return files.Stat(path);
        int descriptor = OpenInside(volume, inside, CloseOnExec | PathOnly);
        if (descriptor < 0) return UnixFileSystem.Absent<FileStatus?>(path);
        using var held = new SafeFileHandle(descriptor, ownsHandle: true);
        StatxBuffer buffer;
        if (Statx(descriptor, "", EmptyPath, StatusMask, &buffer) != 0) return UnixFileSystem.Absent<FileStatus?>(path);
        return (buffer.Mode & LinkMode) == LinkMode ? null : buffer.ToStatus();
    }

    public string? ResolvePath(string path)
    {
        if (!TryParse(path, out string volume, out string[] inside)) return files.ResolvePath(path);
        return Stat(path) is not null && files.ResolvePath(volume) is { } resolved ? $"{resolved}/{string.Join('/', inside)}" : null;
    }

    public ILogFileHandle Open(string path)
    {
        if (!TryParse(path, out string volume, out string[] inside)) return files.Open(path);
        int descriptor = OpenInside(volume, inside, OpenFlags);
        return descriptor >= 0 ? UnixFileSystem.Regular(descriptor, path) : throw UnixFileSystem.Failure(Marshal.GetLastPInvokeError(), path, directoryWanted: false);
    }

    private static bool TryParse(string path, out string volume, out string[] inside)
    {
        (volume, inside) = ("", []);
        if (!EmptyDirectoryPath.TryParse(path, out _, out _, out string? rest)) return false;
        volume = path[..(path.Length - rest.Length - 1)];
        inside = rest.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return true;
    }

    /// <summary>A descriptor of what lies there; -1, with the error kept, when there is nothing, or a link on the way to it.</summary>
    private static int OpenInside(string volume, string[] components, int flags)
    {
        int at = OpenRetrying(CurrentDirectory, volume, CloseOnExec | PathOnly | DirectoryOnly);
        for (int index = 0; at >= 0 && index < components.Length; index++)
        {
            // No name of a directory's entry; only a path that somebody made up could have it.
            bool isUp = components[index] is "." or "..";
            int next = isUp ? -1 : OpenRetrying(at, components[index], NoFollowLink | (index == components.Length - 1 ? flags : CloseOnExec | PathOnly | DirectoryOnly));
            int error = isUp ? ENOENT : Marshal.GetLastPInvokeError();
            _ = Close(at);
            Marshal.SetLastPInvokeError(error);
            at = next;
        }
        return at;
    }

    private static int OpenRetrying(int directory, string name, int flags)
    {
        int descriptor;
        while ((descriptor = OpenAt(directory, name, flags)) < 0 && Marshal.GetLastPInvokeError() == EINTR)
        {
            // a signal came; nothing was opened
        }
        return descriptor;
    }
}
