using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Ledger.State;

/// <summary>A real file that is appended to.</summary>
internal sealed class DirectoryStateStorageFile(string path) : IStateStorageFile
{
    private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    private long _lengthBytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, _lengthBytes);
        _lengthBytes += bytes.Length;
    }

    public void Sync() => DirectoryStateStorageNative.SyncData(_file, path);

    public void Truncate(long lengthBytes)
    {
        RandomAccess.SetLength(_file, lengthBytes);
        _lengthBytes = lengthBytes;
    }

    public void Dispose() => _file.Dispose();
}
