using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Files;

/// <summary>The store's writes to disk; tests replace it by one that fails.</summary>
internal partial class StoreFiles
{
    /// <summary>Opens for reading and writing, shared. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public virtual SafeFileHandle Open(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Throws <see cref="IOException"/>, on a full disk too; part of the bytes may have been written then.</summary>
    public virtual void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    /// <summary>Returns when all that was written lies on disk. Throws <see cref="IOException"/>.</summary>
    public virtual void Sync(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    /// <summary>Makes created, renamed and deleted names of a directory durable; nothing on systems where that is not possible.</summary>
    public virtual void SyncDirectory(string directory)
    {
        if (!OperatingSystem.IsLinux()) return;
        int descriptor = OpenDirectory(directory, 0);
        if (descriptor < 0) return;
        try
        {
            if (SyncDescriptor(descriptor) != 0) throw new IOException($"fsync of {directory} failed with error {Marshal.GetLastPInvokeError()}.");
        }
        finally
        {
            _ = CloseDescriptor(descriptor);
        }
    }

    /// <summary>Writes a small file so that a crash leaves the old or the new content.</summary>
    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".tmp";
        using (SafeFileHandle file = Open(temporary, FileMode.Create))
        {
            Write(file, content, 0);
            Sync(file);
        }

        File.Move(temporary, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);
}
