using LogPipeline.Tailing.Watching;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Tailing;

/// <summary>Collects a watcher's events; waits for conditions on them.</summary>
public sealed class RecordedEvents
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly object _gate = new();
    private readonly List<DirectoryEvent> _events = [];

    public void Take(ReadOnlySpan<DirectoryEvent> events)
    {
        lock (_gate)
        {
            _events.AddRange(events);
            Monitor.PulseAll(_gate);
        }
    }

    public List<DirectoryEvent> All
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    /// <summary>Waits until an event satisfies the condition; all events so far.</summary>
    public List<DirectoryEvent> WaitFor(Predicate<DirectoryEvent> condition)
    {
        lock (_gate)
        {
            long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
            while (!_events.Exists(condition))
            {
                int left = (int)(deadline - Environment.TickCount64);
                if (left <= 0 || !Monitor.Wait(_gate, left)) Assert.Fail($"no such event among: {string.Join(", ", _events)}");
            }

            return [.. _events];
        }
    }

    public List<DirectoryEvent> WaitFor(string name, DirectoryEventKind kind) => WaitFor(one => one.Name == name && one.Kind == kind);

    public void Clear()
    {
        lock (_gate) _events.Clear();
    }
}
