using System.Runtime.InteropServices;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Tailing;

/// <summary>A temporary directory of this machine, deleted when disposed.</summary>
public sealed partial class RealDisk : ITestDisk
{
    private readonly UnixFileSystem _files = new();

    public RealDisk() => Root = _files.ResolvePath(Directory.CreateTempSubdirectory("logs-test-").FullName)!;

    public IFileSystem Files => _files;

    public string Root { get; }

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
        file.SetLength(0);
        file.Write(content);
    }

    public void Append(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
        file.Write(content);
    }

    public void Truncate(string path, long size)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
        file.SetLength(size);
    }

    public void Rename(string from, string to)
    {
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to, overwrite: true);
    }

    public void Delete(string path) => File.Delete(path);

    public void DeleteDirectory(string path) => Directory.Delete(path, recursive: true);

    public void Symlink(string path, string target) => File.CreateSymbolicLink(path, target);

    public void HardLink(string path, string existing)
    {
        if (Link(existing, path) != 0) throw new IOException($"link: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public void SetMode(string path, int mode)
    {
        if (Chmod(path, (uint)mode) != 0) throw new IOException($"chmod: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public void SetModified(string path, DateTimeOffset time) => File.SetLastWriteTimeUtc(path, time.UtcDateTime);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chmod(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);
}
