using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Ledger.State;

/// <summary>
/// The exclusive right to a state directory: <c>flock(2)</c> on its file <c>lock</c>, released by the kernel when the process ends in
/// whatever way. Taken before anything else in the directory is read. The text in the file only says who holds the lock, and means nothing
/// when nobody does; the file is never deleted (two processes could otherwise hold locks on two files of the same name).
/// On NFS flock works between machines from Linux 2.6.12 on; a mount with <c>nolock</c> or <c>local_lock=flock</c> excludes only processes of one machine.
/// </summary>
public sealed class StateDirectoryLock : IDisposable
{
    /// <summary>The name of the lock file.</summary>
    public const string FileName = "lock";

    /// <summary>Mode 0644.</summary>
    private const int OwnerReadWriteOthersRead = 0x1A4;
    private const int MaxInfoBytes = 1 << 20;

    /// <summary>
    /// A look by <see cref="ReadHolder"/> locks for microseconds, and for so long a new holder has not written who it is: a refusal counts after
    /// 10 tries in 100 ms.
    /// </summary>
    private const int Attempts = 10;
    private static readonly TimeSpan AttemptInterval = TimeSpan.FromMilliseconds(10);

    private readonly SafeFileHandle _file;
    private StateDirectoryLockInfo _info;

    private StateDirectoryLock(SafeFileHandle file, StateDirectoryLockInfo info)
    {
        _file = file;
        _info = info;
    }

    /// <summary>
    /// Takes the lock, creating the directory if absent, and writes who holds it. Null when another process (or another lock object of this one)
    /// holds it: <paramref name="holder"/> then says which, as far as its text can be read. Throws <see cref="IOException"/> when the directory or file
    /// cannot be made or opened, or the file system has no locks.
    /// </summary>
    public static StateDirectoryLock? TryAcquire(string directory, StateDirectoryLockInfo info, out StateDirectoryLockInfo? holder)
    {
        DirectoryStateStorage.CreateDirectory(directory);
        string path = Path.Combine(directory, FileName);
        SafeFileHandle? file = DirectoryStateStorageNative.Open(
            path, DirectoryStateStorageNative.OpenReadWrite | DirectoryStateStorageNative.OpenCreate, OwnerReadWriteOthersRead);
        try
        {
            for (int attempt = 1; !DirectoryStateStorageNative.TryLock(file, DirectoryStateStorageNative.LockExclusive, path); attempt++)
            {
                if (attempt == Attempts)
                {
                    holder = Read(file);
                    return null;
                }

                Thread.Sleep(AttemptInterval);
            }

            var acquired = new StateDirectoryLock(file, info);
            acquired.Write();
            file = null;
            holder = null;
            return acquired;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Who holds the directory now; null when nobody does, whatever the file's text says. Throws <see cref="IOException"/>.</summary>
    public static StateDirectoryLockInfo? ReadHolder(string directory)
    {
        string path = Path.Combine(directory, FileName);
        if (!File.Exists(path)) return null;
        using SafeFileHandle file = DirectoryStateStorageNative.Open(path, DirectoryStateStorageNative.OpenReadOnly);
        if (!DirectoryStateStorageNative.TryLock(file, DirectoryStateStorageNative.LockShared, path)) return Read(file);
        DirectoryStateStorageNative.Unlock(file);
        return null;
    }

    /// <summary>Tells others under which URL this process answers.</summary>
    public void SetEndpoint(string endpoint)
    {
        _info = _info with { Endpoint = endpoint };
        Write();
    }

    /// <summary>Releases the lock, also where a child process that this one has just begun still shares its descriptors.</summary>
    public void Dispose()
    {
        if (_file.IsClosed) return;
        DirectoryStateStorageNative.Unlock(_file);
        _file.Dispose();
    }

    private void Write()
    {
        byte[] text = _info.Encode();
        try
        {
            RandomAccess.Write(_file, text, 0);
            RandomAccess.SetLength(_file, text.Length);
        }
        catch (IOException)
        {
            // A full disk. The lock holds all the same; only its text is missing, and an earlier holder's must not be taken for it.
            RandomAccess.SetLength(_file, 0);
        }
    }

    private static StateDirectoryLockInfo Read(SafeFileHandle file)
    {
        for (int attempt = 1; ; attempt++)
        {
            var text = new byte[Math.Min(RandomAccess.GetLength(file), MaxInfoBytes)];
            int length = RandomAccess.Read(file, text, 0);
            if (StateDirectoryLockInfo.TryDecode(text.AsMemory(0, length), out StateDirectoryLockInfo info) || attempt == Attempts) return info;
            Thread.Sleep(AttemptInterval);
        }
    }
}
