using System.Runtime.InteropServices;

namespace LogPipeline.Tailing;

/// <summary>
/// The calls of libc that .NET does not offer. Everything here has the same layout and values on Linux x64 and arm64 where nothing else is said, with glibc
/// (2.28 or later) and musl (1.2.5 or later).
/// </summary>
internal static unsafe partial class UnixFileSystemNative
{
    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64;

    /// <summary><c>AT_FDCWD</c>.</summary>
    public const int CurrentDirectory = -100;

    /// <summary><c>AT_SYMLINK_NOFOLLOW</c>.</summary>
    public const int NoFollow = 0x100;

    /// <summary><c>AT_NO_AUTOMOUNT</c>: as stat(2), a look mounts nothing.</summary>
    public const int NoAutomount = 0x800;

    /// <summary><c>AT_EMPTY_PATH</c>: the status of the descriptor itself.</summary>
    public const int EmptyPath = 0x1000;

    /// <summary><c>STATX_BASIC_STATS | STATX_BTIME</c>.</summary>
    public const uint StatusMask = 0xFFF;

    /// <summary><c>STATX_BTIME</c>.</summary>
    public const uint BirthMask = 0x800;

    /// <summary><c>O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY</c>: not blocking, so that a pipe put in a log's place cannot hold the reader.</summary>
    public const int OpenFlags = 0x80000 | 0x800 | 0x100;

    /// <summary><c>O_CLOEXEC</c>; <c>O_PATH</c>.</summary>
    public const int CloseOnExec = 0x80000, PathOnly = 0x200000;

    /// <summary><c>S_IFLNK</c>.</summary>
    public const ushort LinkMode = 0xA000;

    /// <summary><c>O_DIRECTORY</c> and <c>O_NOFOLLOW</c>, which arm64 numbers otherwise.</summary>
    public static readonly int DirectoryOnly = IsArm ? 0x4000 : 0x10000, NoFollowLink = IsArm ? 0x8000 : 0x20000;

    public const int EPERM = 1, ENOENT = 2, EINTR = 4, EACCES = 13, ENOTDIR = 20, ENAMETOOLONG = 36, ELOOP = 40;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(int directory, string path, int flags, uint mask, StatxBuffer* status);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(int directory, string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    /// <summary>Owns the descriptor from then on; 0 when it could not.</summary>
    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    public static partial nint OpenDirectoryStream(int descriptor);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* RealPath(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "free")]
    public static partial void Free(void* memory);

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OpenDirectory(string path);

    /// <summary>The next entry, valid until the next call; null at the end (errno 0) or on an error.</summary>
    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    public static partial DirectoryEntry* ReadDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "closedir")]
    public static partial int CloseDirectory(nint directory);

    /// <summary><c>struct statx</c> of linux/stat.h, 256 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatxBuffer
    {
        [FieldOffset(0)] public uint Mask;
        [FieldOffset(16)] public uint Links;
        [FieldOffset(20)] public uint UserId;
        [FieldOffset(24)] public uint GroupId;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(80)] public long BirthSeconds;
        [FieldOffset(88)] public uint BirthNanos;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanos;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;

        public readonly FileStatus ToStatus() => new(
            (ulong)DeviceMajor << 32 | DeviceMinor,
            Inode,
            (long)Size,
            (Mask & BirthMask) != 0 ? Nanos(BirthSeconds, BirthNanos) : 0,
            Nanos(ModifiedSeconds, ModifiedNanos),
            (int)Links,
            (Mode & 0xF000) == FileStatus.DirectoryMode,
            Mode,
            UserId,
            GroupId);

        private static long Nanos(long seconds, uint nanos) => unchecked(seconds * 1_000_000_000 + nanos);
    }

    /// <summary><c>struct dirent</c> where <c>off_t</c> has 64 bits; the name is zero-terminated.</summary>
    [StructLayout(LayoutKind.Explicit)]
    public struct DirectoryEntry
    {
        [FieldOffset(18)] public byte Type;
        [FieldOffset(19)] public byte Name;
    }
}
