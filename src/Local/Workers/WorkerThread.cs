using LogPipeline.Observability;

namespace LogPipeline.Local.Workers;

/// <summary>Gives one <see cref="StreamWorker"/> its turns, on a thread of its own or on one that is awake already; never two at once.</summary>
public sealed class WorkerThread : IDisposable
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    // Reads what was told of, finds the end, and sends. What takes longer is the own thread's, so that the other one can listen again.
    private const int MostTurnsHere = 4;

    // Pauses are told to the millisecond.
    private static readonly TimeSpan EarlyEnough = TimeSpan.FromMilliseconds(5);

    private readonly Lock _turn = new();

    // With Monitor, as a semaphore spins before it sleeps.
    private readonly object _gate = new();
    private readonly IPipelineLog _log;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private volatile bool _stopped;
    private bool _woken;

    // Of the thread's sleep; for ever: it is awake.
    private long _fellAsleepAt;
    private TimeSpan _sleepsFor = TimeSpan.MaxValue;

    public WorkerThread(WorkerContext context, string name)
    {
        (_log, _time) = (context.Lineage.Log, context.Time);
        Worker = new StreamWorker(context, Wake);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public StreamWorker Worker { get; }

    /// <summary>A file of the stream was written to: the thread reads it.</summary>
    public void Touch(string streamKey)
    {
        Worker.Touch(streamKey);
        Wake();
    }

    /// <summary>
    /// The same of several streams, which the calling thread reads unless the worker is at it: at a few lines a second waking another thread up costs as much as what
    /// that thread does.
    /// </summary>
    public void TouchHere(ReadOnlySpan<string> streamKeys)
    {
        foreach (string key in streamKeys) Worker.Touch(key);
        if (!_turn.TryEnter())
        {
            Wake();
            return;
        }
        TimeSpan pause = TimeSpan.Zero;
        for (int turns = 0; turns < MostTurnsHere && pause == TimeSpan.Zero && !_stopped; turns++) pause = TakeTurn();
        _turn.Exit();
        SleepNoLongerThan(pause);
    }

    /// <summary>Ends the thread after its turn; what is under way is read again by the next process.</summary>
    public void Dispose()
    {
        _stopped = true;
        Wake();
        _thread.Join();
        lock (_turn) Worker.Dispose();
    }

    private void Run()
    {
        while (!_stopped)
        {
            TimeSpan pause;
            lock (_turn) pause = TakeTurn();
            if (pause > TimeSpan.Zero) Sleep(pause);
        }
    }

    private TimeSpan TakeTurn()
    {
        try
        {
            return Worker.Turn();
        }
        catch (Exception fault)
        {
            // A fault acknowledges nothing: what it left undone is read again after a restart, the other streams go on.
            _log.Write(PipelineLogLevel.Error, LogEvents.WorkerFault, fault.ToString());
            return PauseAfterFault;
        }
    }

    private void Sleep(TimeSpan pause)
    {
        lock (_gate)
        {
            (_fellAsleepAt, _sleepsFor) = (_time.GetTimestamp(), pause);
            if (!_woken) Monitor.Wait(_gate, pause);
            (_woken, _sleepsFor) = (false, TimeSpan.MaxValue);
        }
    }

    // Another thread has taken a turn: what that one found due may be due before this one wakes up. While it is awake it may just have found out for how long it will sleep.
    private void SleepNoLongerThan(TimeSpan pause)
    {
        lock (_gate)
        {
            if (_sleepsFor == TimeSpan.MaxValue || pause + EarlyEnough < _sleepsFor - _time.GetElapsedTime(_fellAsleepAt)) Wake();
        }
    }

    // Once is enough, however many messages were left.
    private void Wake()
    {
        lock (_gate)
        {
            if (_woken) return;
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }
}
