using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using static LogPipeline.Tailing.UnixFileSystemNative;

namespace LogPipeline.Tailing;

/// <summary>
/// The machine's file systems. Files are opened by <c>open(2)</c> itself: .NET's own opening takes an advisory lock, which a writer
/// that locks its log would see.
/// </summary>
public sealed unsafe class UnixFileSystem : IFileSystem
{
    public IReadOnlyList<DirectoryItem> List(string directory)
    {
        nint stream = OpenDirectory(directory);
        return stream != 0 ? ReadAll(stream, directory) : throw Failure(Marshal.GetLastPInvokeError(), directory, directoryWanted: true);
    }

    /// <summary>Reads an open directory to its end and closes it.</summary>
    internal static List<DirectoryItem> ReadAll(nint stream, string directory)
    {
        try
        {
            var items = new List<DirectoryItem>();
            while (true)
            {
                DirectoryEntry* entry = ReadDirectory(stream);
                if (entry == null)
                {
                    int error = Marshal.GetLastPInvokeError();
                    // A directory deleted while it is read ends with ENOENT.
                    if (error != 0) throw Failure(error, directory, directoryWanted: true);
                    return items;
                }

                ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(&entry->Name);
                if (name is [(byte)'.'] or [(byte)'.', (byte)'.']) continue;
                string text = Encoding.UTF8.GetString(name);
                items.Add(new DirectoryItem(text, KindOf(entry->Type, directory, text)));
            }
        }
        finally
        {
            _ = CloseDirectory(stream);
        }
    }

    public FileStatus? Stat(string path)
    {
        StatxBuffer buffer;
        return Statx(CurrentDirectory, path, NoAutomount, StatusMask, &buffer) == 0 ? buffer.ToStatus() : Absent<FileStatus?>(path);
    }

    public string? ResolvePath(string path)
    {
        byte* resolved = RealPath(path, null);
        if (resolved == null) return Absent<string?>(path);
        try
        {
            return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(resolved));
        }
        finally
        {
            Free(resolved);
        }
    }

    public ILogFileHandle Open(string path)
    {
        int descriptor;
        while ((descriptor = UnixFileSystemNative.Open(path, OpenFlags)) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != EINTR) throw Failure(error, path, directoryWanted: false);
        }

        return Regular(descriptor, path);
    }

    /// <summary>Takes a descriptor over; throws <see cref="IOException"/> for what is no regular file.</summary>
    internal static UnixFileSystemHandle Regular(int descriptor, string path)
    {
        var handle = new UnixFileSystemHandle(new SafeFileHandle(descriptor, ownsHandle: true), path);
        try
        {
            return handle.Stat().IsRegular ? handle : throw new IOException($"{path} is no regular file");
        }
        catch (IOException)
        {
            handle.Dispose();
            throw;
        }
    }

    internal static Exception Failure(int error, string path, bool directoryWanted)
    {
        string message = $"{path}: {new Win32Exception(error).Message}";
        return error switch
        {
            ENOENT or ELOOP or ENAMETOOLONG when !directoryWanted => new FileNotFoundException(message, path),
            ENOENT or ENOTDIR or ELOOP or ENAMETOOLONG => new DirectoryNotFoundException(message),
            EACCES or EPERM => new UnauthorizedAccessException(message),
            _ => new IOException(message),
        };
    }

    /// <summary>Null for a path that leads nowhere; throws for one that could not be looked at.</summary>
    internal static T? Absent<T>(string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return error is ENOENT or ENOTDIR or ELOOP or ENAMETOOLONG ? default : throw Failure(error, path, directoryWanted: false);
    }

    private static DirectoryItemKind KindOf(byte type, string directory, string name) => type switch
    {
        8 => DirectoryItemKind.File,
        4 => DirectoryItemKind.Directory,
        10 => DirectoryItemKind.Link,
        0 => KindByStatus(directory, name),
        _ => DirectoryItemKind.Other,
    };

    /// <summary>For file systems that do not keep the type in the directory (<c>DT_UNKNOWN</c>).</summary>
    private static DirectoryItemKind KindByStatus(string directory, string name)
    {
        StatxBuffer buffer;
        if (Statx(CurrentDirectory, Path.Join(directory, name), NoAutomount | NoFollow, StatusMask, &buffer) != 0) return DirectoryItemKind.Other;
        return (buffer.Mode & 0xF000) switch
        {
            0x8000 => DirectoryItemKind.File,
            0x4000 => DirectoryItemKind.Directory,
            0xA000 => DirectoryItemKind.Link,
            _ => DirectoryItemKind.Other,
        };
    }
}
