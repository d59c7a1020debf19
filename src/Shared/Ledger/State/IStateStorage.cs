namespace LogPipeline.Ledger.State;

/// <summary>
/// The port to one flat directory of files that must survive a power cut. Nothing is durable until it is asked for: a file's bytes by
/// <see cref="IStateStorageFile.Sync"/>, names (created, renamed, deleted) by <see cref="SyncDirectory"/>. Until then a crash may keep
/// or lose any part, in any order. Every failure, a full disk and missing rights included, is an <see cref="IOException"/>; what had
/// been asked for is then done, half done or not done.
/// </summary>
public interface IStateStorage
{
    /// <summary>The names of the files, unordered, without their directory.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens a file for reading. <see cref="FileNotFoundException"/> (an <see cref="IOException"/>) when there is none.</summary>
    IStateStorageReader OpenRead(string name);

    /// <summary>Creates an empty file to append to; one of that name is replaced. The handle stays good when the file is renamed.</summary>
    IStateStorageFile Create(string name);

    /// <summary>Renames in one step; a file named <paramref name="to"/> is replaced. A crash shows the old names or the new ones, never neither.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; nothing happens when there is none.</summary>
    void Delete(string name);

    /// <summary>Returns when every name that was created, renamed or deleted before is so on the disk.</summary>
    void SyncDirectory();

    /// <summary>
    /// Puts a whole small file in place durably: after this returns it holds <paramref name="content"/>; after an exception or a crash it
    /// holds that or what it held before, never a mixture. Uses <c>name.tmp</c> on the way.
    /// </summary>
    void Replace(string name, ReadOnlySpan<byte> content)
    {
        string temporary = name + ".tmp";
        using (IStateStorageFile file = Create(temporary))
        {
            file.Append(content);
            file.Sync();
        }

        Rename(temporary, name);
        SyncDirectory();
    }
}
