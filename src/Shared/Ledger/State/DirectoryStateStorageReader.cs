using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Ledger.State;

/// <summary>A real file that is read.</summary>
internal sealed class DirectoryStateStorageReader : IStateStorageReader
{
    private readonly SafeFileHandle _file;

    public DirectoryStateStorageReader(string path)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        LengthBytes = RandomAccess.GetLength(_file);
    }

    public long LengthBytes { get; }

    public int Read(long offset, Span<byte> destination)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = RandomAccess.Read(_file, destination[total..], offset + total);
            if (read == 0) break;
            total += read;
        }

        return total;
    }

    public void Dispose() => _file.Dispose();
}
