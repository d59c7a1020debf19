using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static LogPipeline.Tailing.UnixFileSystemNative;

namespace LogPipeline.Tailing;

/// <summary>An open descriptor. A read that runs while another thread disposes it ends normally; a later one throws <see cref="ObjectDisposedException"/>.</summary>
internal sealed unsafe class UnixFileSystemHandle(SafeFileHandle handle, string path) : ILogFileHandle
{
    public int Read(long offset, Span<byte> destination) => RandomAccess.Read(handle, destination, offset);

    public FileStatus Stat()
    {
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            StatxBuffer buffer;
            return Statx((int)handle.DangerousGetHandle(), "", EmptyPath, StatusMask, &buffer) == 0
                ? buffer.ToStatus()
                : throw UnixFileSystem.Failure(Marshal.GetLastPInvokeError(), path, directoryWanted: false);
        }
        finally
        {
            if (held) handle.DangerousRelease();
        }
    }

    public void Dispose() => handle.Dispose();
}
