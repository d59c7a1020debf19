namespace LogPipeline.Tailing.Watching;

/// <summary>Where inotify sees every change.</summary>
internal static unsafe class InotifyReach
{
    /// <summary>statfs(2) has 120 bytes on 64-bit Linux; room to spare.</summary>
    private const int BufferLongs = 32;

    /// <summary>Other machines, or another kernel behind FUSE, change the files there without this kernel's knowing. Magic numbers of statfs(2).</summary>
    public static bool IsNetworkFileSystem(string path)
    {
        long* buffer = stackalloc long[BufferLongs];
        return InotifyNative.StatFileSystem(path, buffer) == 0 && (uint)buffer[0] is
            0x6969 // NFS
            or 0xFF53_4D42 or 0xFE53_4D42 or 0x517B // CIFS, SMB2, SMB
            or 0x6573_5546 // FUSE
            or 0x0102_1997 // 9P
            or 0x00C3_6400 // Ceph
            or 0x5346_414F or 0x6B41_4653 // AFS
            or 0x0BD0_0BD0 // Lustre
            or 0x0116_1970 // GFS2
            or 0x7461_636F // OCFS2
            or 0x786F_4256; // vboxsf
    }
}
