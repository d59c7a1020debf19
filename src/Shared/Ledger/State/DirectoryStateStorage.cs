namespace LogPipeline.Ledger.State;

/// <summary>
/// <see cref="IStateStorage"/> on a directory of a local Linux file system. The directory is for its owner only (mode 0700): the
/// files name paths and tenants.
/// </summary>
public sealed class DirectoryStateStorage : IStateStorage
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _directory;

    /// <summary>Uses a directory that exists; see <see cref="CreateDirectory"/>.</summary>
    public DirectoryStateStorage(string directory) => _directory = Path.GetFullPath(directory);

    /// <summary>Creates the directory, and those above it, if absent. Throws <see cref="IOException"/>.</summary>
    public static void CreateDirectory(string directory)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (Directory.Exists(path)) return;
        string? parent = Path.GetDirectoryName(path);
        if (parent is not null) CreateDirectory(parent);
        AsIOException(() =>
        {
            if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("The state directory needs Linux.");
            Directory.CreateDirectory(path, OwnerOnly);
        });
        if (parent is not null) DirectoryStateStorageNative.SyncDirectory(parent);
    }

    public IReadOnlyList<string> List()
    {
        List<string> names = [];
        AsIOException(() =>
        {
            foreach (string path in Directory.EnumerateFiles(_directory)) names.Add(Path.GetFileName(path));
        });
        return names;
    }

    public IStateStorageReader OpenRead(string name)
    {
        DirectoryStateStorageReader? reader = null;
        AsIOException(() => reader = new DirectoryStateStorageReader(PathOf(name)));
        return reader!;
    }

    public IStateStorageFile Create(string name)
    {
        DirectoryStateStorageFile? file = null;
        AsIOException(() => file = new DirectoryStateStorageFile(PathOf(name)));
        return file!;
    }

    public void Rename(string from, string to) => AsIOException(() => File.Move(PathOf(from), PathOf(to), overwrite: true));

    public void Delete(string name) => AsIOException(() => File.Delete(PathOf(name)));

    public void SyncDirectory() => DirectoryStateStorageNative.SyncDirectory(_directory);

    private string PathOf(string name) => Path.Combine(_directory, name);

    private static void AsIOException(Action action)
    {
        try
        {
            action();
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException(error.Message, error);
        }
    }
}
