using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Files;

/// <summary>The exclusive lock on a store's directory (<c>flock</c> on its file <c>lock</c>), held until it is disposed or the process ends.</summary>
internal sealed class StoreLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private StoreLock(SafeFileHandle file) => _file = file;

    /// <summary>Throws <see cref="StoreLockedException"/> when another process, or another store of this one, holds it.</summary>
    public static StoreLock Take(string directory)
    {
        string path = Path.Combine(directory, "lock");
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new StoreLockedException(directory, ReadHolder(path));
        }

        byte[] holder = Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, holder, 0);
        return new StoreLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string ReadHolder(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            return reader.ReadToEnd() is { Length: > 0 } holder ? holder : "unknown";
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
