using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// The exclusive lock on a store's directory (<c>flock</c> on its file <c>lock</c>), held until it is disposed or the process ends. The
/// file <c>lock.holder</c> has the holder's process id.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private const string HolderSuffix = ".holder";

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
            throw new StoreLockedException(directory, ReadHolder(path + HolderSuffix));
        }

        File.WriteAllText(path + HolderSuffix, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new StoreLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string ReadHolder(string path)
    {
        try
        {
            return File.ReadAllText(path) is { Length: > 0 } holder ? holder : "unknown";
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
