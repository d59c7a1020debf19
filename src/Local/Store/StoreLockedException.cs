namespace LogPipeline.Local.Store;

/// <summary>Another process has the store's directory open.</summary>
public sealed class StoreLockedException(string directory, string holder)
    : IOException($"The embedded store in {directory} is in use by process {holder}.")
{
    /// <summary>The other process's id, as it wrote it down; <c>unknown</c> when that cannot be read.</summary>
    public string Holder => holder;
}
