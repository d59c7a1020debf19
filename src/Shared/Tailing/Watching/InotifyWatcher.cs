using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using static LogPipeline.Tailing.Watching.InotifyNative;

namespace LogPipeline.Tailing.Watching;

/// <summary>
/// Directory watches of one inotify descriptor, read by one thread. .NET's FileSystemWatcher takes a descriptor and a thread for each
/// directory and allocates for each event.
/// </summary>
public sealed unsafe class InotifyWatcher : IDirectoryWatcher
{
    private const uint Mask = Modify | CloseWrite | MovedFrom | MovedTo | Create | Delete | DeleteSelf | MoveSelf | OnlyDirectory;
    private const int BufferSize = 64 << 10;
    private const int MostEvents = 4096;

    // Between two batches. What comes after a pause is told at once; what is written all the time 11 times a second, not at each line: reading and sending
    // a thousand lines a second one by one takes a sixth of a core and makes 900 requests, so it takes a fiftieth. Not longer: 100 ms is what a line may take.
    private const int RestMilliseconds = 90;

    // With the longest name and its zero: a read that leaves room for one has taken all there were.
    private const int LargestEvent = HeaderSize + 256;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, string[]> _directories = [];
    private readonly Dictionary<string, int> _watches = new(StringComparer.Ordinal);
    private readonly DirectoryEventHandler _handler;
    private readonly int _inotify;
    private readonly int _wake;
    private readonly Thread _thread;
    private bool _disposed;

    private InotifyWatcher(DirectoryEventHandler handler, int inotify, int wake)
    {
        (_handler, _inotify, _wake) = (handler, inotify, wake);
        _thread = new Thread(Run) { IsBackground = true, Name = "inotify" };
        _thread.Start();
    }

    /// <summary>False with the reason and what helps when the kernel gives no descriptor.</summary>
    public static bool TryStart(DirectoryEventHandler handler, [NotNullWhen(true)] out InotifyWatcher? watcher, out string fault)
    {
        (watcher, fault) = (null, "");
        int inotify = Init(CloseOnExecNonBlocking);
        int error = Marshal.GetLastPInvokeError();
        int wake = inotify < 0 ? -1 : EventDescriptor(0, CloseOnExecNonBlocking);
        if (wake >= 0)
        {
            watcher = new InotifyWatcher(handler, inotify, wake);
            return true;
        }

        if (inotify >= 0)
        {
            error = Marshal.GetLastPInvokeError();
            _ = Close(inotify);
        }

        fault = new Win32Exception(error).Message;
        if (error == EMFILE && inotify < 0) fault += ": raise fs.inotify.max_user_instances, for example `sysctl fs.inotify.max_user_instances=512`, or the limit on open files";
        return false;
    }

    public WatchOutcome Add(string directory)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            int watch = AddWatch(_inotify, directory, Mask);
            if (watch < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                Forget(directory);
                return error switch
                {
                    UnixFileSystemNative.ENOENT or UnixFileSystemNative.ENOTDIR or UnixFileSystemNative.ELOOP or UnixFileSystemNative.ENAMETOOLONG => WatchOutcome.Missing,
                    UnixFileSystemNative.EACCES or UnixFileSystemNative.EPERM => WatchOutcome.Refused,
                    ENOSPC => WatchOutcome.LimitReached,
                    _ => WatchOutcome.Unavailable,
                };
            }

            if (_watches.TryGetValue(directory, out int before))
            {
                if (before == watch) return WatchOutcome.Notified;
                Forget(directory);
            }

            _watches[directory] = watch;
            // The same directory by two paths (a bind mount) has one watch.
            _directories[watch] = _directories.TryGetValue(watch, out string[]? paths) ? [.. paths, directory] : [directory];
            return WatchOutcome.Notified;
        }
    }

    public void Remove(string directory)
    {
        lock (_gate)
            if (!_disposed) Forget(directory);
    }

    /// <summary>Ends the thread and returns when it has: no event comes afterwards.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
        }

        ulong one = 1;
        _ = Write(_wake, (byte*)&one, sizeof(ulong));
        _thread.Join();
        _ = Close(_inotify);
        _ = Close(_wake);
    }

    private void Forget(string directory)
    {
        if (!_watches.Remove(directory, out int watch) || !_directories.Remove(watch, out string[]? paths)) return;
        if (paths.Length > 1)
        {
            _directories[watch] = [.. paths.Where(path => path != directory)];
            return;
        }

        // Fails when the directory is gone and its watch with it.
        _ = RemoveWatch(_inotify, watch);
    }

    private void Run()
    {
        byte* buffer = (byte*)NativeMemory.Alloc(BufferSize);
        try
        {
            var batch = new InotifyBatch();
            PollDescriptor* descriptors = stackalloc PollDescriptor[2];
            descriptors[0] = new PollDescriptor { Descriptor = _inotify, Events = Readable };
            descriptors[1] = new PollDescriptor { Descriptor = _wake, Events = Readable };
            while (true)
            {
                nint length;
                do
                {
                    length = Read(_inotify, buffer, BufferSize);
                    if (length > 0) Parse(new ReadOnlySpan<byte>(buffer, (int)length), batch);
                }
                while (length > BufferSize - LargestEvent && batch.Count < MostEvents);
                if (batch.Count == 0)
                {
                    // Asked only now: after a rest there mostly is something.
                    if (IsToldToEnd(descriptors)) return;
                    continue;
                }

                bool isBehind = batch.Count >= MostEvents;
                _handler(batch.Events);
                batch.Clear();
                // Asleep throughout, so that a line in this time wakes nobody up. The kernel keeps 16,384 events, and of the same file in a row only one.
                if (Poll(descriptors + 1, 1, isBehind ? 0 : RestMilliseconds) > 0) return;
            }
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    // Waits for an event, or for the end.
    private static bool IsToldToEnd(PollDescriptor* descriptors)
    {
        if (Poll(descriptors, 2, -1) >= 0) return descriptors[1].Returned != 0;
        int error = Marshal.GetLastPInvokeError();
        return error == EINTR ? false : throw new Win32Exception(error);
    }

    private void Parse(ReadOnlySpan<byte> events, InotifyBatch batch)
    {
        lock (_gate)
        {
            while (events.Length >= HeaderSize)
            {
                int watch = BitConverter.ToInt32(events);
                uint mask = BitConverter.ToUInt32(events[4..]);
                int length = BitConverter.ToInt32(events[12..]);
                ReadOnlySpan<byte> name = events.Slice(HeaderSize, length);
                int end = name.IndexOf((byte)0);
                events = events[(HeaderSize + length)..];
                if ((mask & QueueOverflow) != 0) batch.Add("", "", DirectoryEventKind.Overflow);
                else if (_directories.TryGetValue(watch, out string[]? paths)) Take(watch, mask, Encoding.UTF8.GetString(end < 0 ? name : name[..end]), paths, batch);
            }
        }
    }

    private void Take(int watch, uint mask, string name, string[] paths, InotifyBatch batch)
    {
        if ((mask & (Ignored | MoveSelf)) != 0)
        {
            // Moved away, it would be told of under its old path.
            _directories.Remove(watch);
            if ((mask & Ignored) == 0) _ = RemoveWatch(_inotify, watch);
            foreach (string path in paths)
            {
                _watches.Remove(path);
                batch.Add(path, "", DirectoryEventKind.DirectoryGone);
            }

            return;
        }

        DirectoryEventKind? kind = (mask & (Modify | CloseWrite | MovedFrom | MovedTo | Create | Delete)) switch
        {
            Modify => DirectoryEventKind.Modified,
            CloseWrite => DirectoryEventKind.ClosedAfterWrite,
            MovedFrom => DirectoryEventKind.MovedFrom,
            MovedTo => DirectoryEventKind.MovedTo,
            Create => DirectoryEventKind.Created,
            Delete => DirectoryEventKind.Deleted,
            _ => null,
        };
        if (kind is not { } known) return;
        foreach (string path in paths) batch.Add(path, name, known);
    }
}
