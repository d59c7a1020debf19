using LogPipeline.Local.Store.Files;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Tests.Store;

/// <summary>A disk that is full, or whose syncs fail, while it is told so.</summary>
internal sealed class FailingStoreFiles : StoreFiles
{
    public bool IsFull { get; set; }

    public bool FailsToSync { get; set; }

    public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        if (!IsFull)
        {
            base.Write(file, bytes, offset);
            return;
        }

        base.Write(file, bytes[..(bytes.Length / 2)], offset);
        throw new IOException("No space left on device", 28);
    }

    public override void Sync(SafeFileHandle file)
    {
        if (FailsToSync) throw new IOException("Input/output error", 5);
        base.Sync(file);
    }
}
