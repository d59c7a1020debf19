using LogPipeline.Ledger.State;
using LogPipeline.Ledger;

namespace LogPipeline.Tests.Ledger;

/// <summary>Fails one sync of a file although its bytes arrive.</summary>
internal sealed class FailingSyncStorage(IStateStorage inner) : IStateStorage
{
    public bool FailNextSync { get; set; }

    public IReadOnlyList<string> List() => inner.List();

    public IStateStorageReader OpenRead(string name) => inner.OpenRead(name);

    public IStateStorageFile Create(string name) => new Handle(this, inner.Create(name));

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string name) => inner.Delete(name);

    public void SyncDirectory() => inner.SyncDirectory();

    private sealed class Handle(FailingSyncStorage storage, IStateStorageFile file) : IStateStorageFile
    {
        public void Append(ReadOnlySpan<byte> bytes) => file.Append(bytes);

        public void Sync()
        {
            file.Sync();
            bool fail = storage.FailNextSync;
            storage.FailNextSync = false;
            if (fail) throw new IOException("Input/output error");
        }

        public void Truncate(long lengthBytes) => file.Truncate(lengthBytes);

        public void Dispose() => file.Dispose();
    }
}
