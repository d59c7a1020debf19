using System.Runtime.InteropServices;

namespace LogPipeline.Tailing.Watching;

/// <summary>inotify(7) and what waits on it. The values are the same on Linux x64 and arm64.</summary>
internal static unsafe partial class InotifyNative
{
    public const uint Modify = 0x2, CloseWrite = 0x8, MovedFrom = 0x40, MovedTo = 0x80, Create = 0x100, Delete = 0x200, DeleteSelf = 0x400, MoveSelf = 0x800;
    public const uint QueueOverflow = 0x4000, Ignored = 0x8000, OnlyDirectory = 0x0100_0000;

    /// <summary><c>IN_CLOEXEC | IN_NONBLOCK</c>, also <c>EFD_CLOEXEC | EFD_NONBLOCK</c>.</summary>
    public const int CloseOnExecNonBlocking = 0x80000 | 0x800;

    /// <summary><c>POLLIN</c>.</summary>
    public const short Readable = 1;

    /// <summary>Bytes of <c>struct inotify_event</c> before its name: wd, mask, cookie, len.</summary>
    public const int HeaderSize = 16;

    public const int EINTR = 4, EAGAIN = 11, EMFILE = 24, ENOSPC = 28;

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int Init(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddWatch(int descriptor, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int RemoveWatch(int descriptor, int watch);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    /// <summary><c>struct statfs</c> begins with the file system's magic number, a long; it has 120 bytes.</summary>
    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatFileSystem(string path, long* buffer);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
