using System.Runtime;
using System.Runtime.InteropServices;
using LogPipeline.Indexing;
using LogPipeline.Indexing.Connections;

namespace LogPipeline.Local.Running;

/// <summary>
/// Gives memory back when the work that needed it is over: some seconds after a burst, and again when the store's idle connections are closed, each of
/// which holds the last body that it sent. Nothing else would, as a process that rests allocates too little for a collection.
/// </summary>
public sealed partial class MemoryAtRest : IDisposable
{
    /// <summary>A collection takes a few milliseconds: less often than this it costs nothing.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    /// <summary>The quiet look at which idle connections are closed: <see cref="StoreConnection.IdleTimeout"/>, half of it again until that is noticed, and one more.</summary>
    private static readonly int LastLook = (int)(StoreConnection.IdleTimeout * 1.5 / LookInterval) + 2;

    /// <summary>Bytes read since the last time that are worth it: about what fills the bodies under way.</summary>
    private const long BurstBytes = 1 << 20;

    private readonly Func<long> _readBytes;
    private readonly Action _release;
    private readonly ITimer _timer;
    private long _seen, _released;
    private int _quietLooks;

    /// <param name="readBytes">Bytes read so far.</param>
    /// <param name="time">Clock and timer.</param>
    /// <param name="release">Called when memory is to be given back; <see cref="Release"/>.</param>
    public MemoryAtRest(Func<long> readBytes, TimeProvider time, Action release)
    {
        _readBytes = readBytes;
        _release = release;
        // What starting took is given back, too.
        _released = -BurstBytes;
        _timer = time.CreateTimer(static self => ((MemoryAtRest)self!).Look(), this, LookInterval, LookInterval);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Lets the kept buffers go, compacts the heap, and gives what is free to the operating system.</summary>
    public static void Release()
    {
        BulkBody.TrimBuffers();
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            _ = TrimNativeHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Only glibc has it; elsewhere its allocator keeps what it has.
        }
    }

    private void Look()
    {
        long read = _readBytes(), before = Interlocked.Exchange(ref _seen, read);
        if (read - before >= BurstBytes)
        {
            _quietLooks = 0;
            return;
        }
        if (read - _released >= BurstBytes) _quietLooks = 1;
        else if (_quietLooks == 0 || ++_quietLooks != LastLook) return;
        _released = read;
        if (_quietLooks == LastLook) _quietLooks = 0;
        _release();
    }

    // The compiler's working memory lies there.
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimNativeHeap(nuint pad);
}
