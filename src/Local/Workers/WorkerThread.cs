using LogPipeline.Observability;

namespace LogPipeline.Local.Workers;

/// <summary>The thread that gives one <see cref="StreamWorker"/> its turns.</summary>
public sealed class WorkerThread : IDisposable
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    // With Monitor, as a semaphore spins before it sleeps.
    private readonly object _gate = new();
    private readonly IPipelineLog _log;
    private readonly Thread _thread;
    private volatile bool _stopped;
    private bool _woken;

    public WorkerThread(WorkerContext context, string name)
    {
        _log = context.Lineage.Log;
        Worker = new StreamWorker(context, Wake);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public StreamWorker Worker { get; }

    /// <summary>Ends the thread after its turn; what is under way is read again by the next process.</summary>
    public void Dispose()
    {
        _stopped = true;
        Wake();
        _thread.Join();
        Worker.Dispose();
    }

    private void Run()
    {
        while (!_stopped)
        {
            TimeSpan pause;
            try
            {
                pause = Worker.Turn();
            }
            catch (Exception fault)
            {
                // A fault acknowledges nothing: what it left undone is read again after a restart, the other streams go on.
                _log.Write(PipelineLogLevel.Error, LogEvents.WorkerFault, fault.ToString());
                pause = PauseAfterFault;
            }
            if (pause == TimeSpan.Zero) continue;
            Sleep(pause);
        }
    }

    private void Sleep(TimeSpan pause)
    {
        lock (_gate)
        {
            if (!_woken) Monitor.Wait(_gate, pause);
            _woken = false;
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
