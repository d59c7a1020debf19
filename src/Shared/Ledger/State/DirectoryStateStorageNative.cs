using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Ledger.State;

/// <summary>
/// The calls of Linux that .NET does not offer: <c>fsync</c> of a directory, <c>fdatasync</c>, and <c>flock</c> on a file that others may still read.
/// (.NET's own <c>FileShare</c> is flock too: every open takes a shared lock, so that nobody could read a file that is locked
/// exclusively, and <c>DOTNET_SYSTEM_IO_DISABLEFILELOCKING</c> turns it off.)
/// </summary>
internal static partial class DirectoryStateStorageNative
{
    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;

    // The generic values of Linux, the same on x86-64, arm64, arm and riscv64 (asm-generic/fcntl.h).
    public const int OpenCreate = 0x40;
    private const int OpenCloseOnExec = 0x80000;

    public const int LockShared = 1;
    public const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int LockRelease = 8;

    private const int Interrupted = 4;
    private const int WouldBlock = 11;

    /// <summary>Opens a file, or a directory to sync it; not inherited by child processes. Throws <see cref="IOException"/>.</summary>
    public static SafeFileHandle Open(string path, int flags, int mode = 0)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The state directory needs Linux.");
        int descriptor;
        do descriptor = OpenFile(path, flags | OpenCloseOnExec, mode);
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure("open", path);
    }

    /// <summary>
    /// Tries to lock without waiting; false when another open description has a lock that conflicts. Released by <see cref="Unlock"/>, at the latest by the
    /// kernel when the process ends.
    /// </summary>
    public static bool TryLock(SafeFileHandle file, int operation, string path)
    {
        while (FileLock(file, operation | LockNonBlocking) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock) return false;
            if (error != Interrupted) throw Failure("lock", path);
        }

        return true;
    }

    /// <summary>
    /// Releases a lock at once. Closing would do so only with the last copy of the descriptor, and a child process has one from its fork to its exec
    /// (flock(2)).
    /// </summary>
    public static void Unlock(SafeFileHandle file) => _ = FileLock(file, LockRelease);

    /// <summary>Makes data, and the size that leads to it, durable. Not repeated on failure: a second call could report success for lost pages.</summary>
    public static void SyncData(SafeFileHandle file, string path)
    {
        if (FileDataSync(file) != 0) throw Failure("fdatasync", path);
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        using SafeFileHandle directory = Open(path, OpenReadOnly);
        if (FileSync(directory) != 0) throw Failure("fsync", path);
    }

    private static IOException Failure(string call, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} {path}: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FileDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLock(SafeFileHandle file, int operation);
}
