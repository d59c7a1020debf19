using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LogPipeline.Local.CommandLine;

/// <summary>
/// SIGTERM, SIGHUP and the first Ctrl-C ask the process to stop; Ctrl-C once more ends it at once, which loses nothing: a restart goes
/// on from the last durable position. A second SIGTERM changes nothing, as <c>dotnet run</c> passes on one that the whole process group
/// got already.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action _kill;

    /// <param name="kill">Ends the process at once.</param>
    public StopSignals(Action kill) => _kill = kill;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Listens to the process's signals until disposed.</summary>
    public static StopSignals Listen()
    {
        // SIGKILL, not an exit: exit handlers may wait for the very work that somebody is tired of.
        var signals = new StopSignals(Process.GetCurrentProcess().Kill);
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            signals._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                signals.Receive(context.Signal);
            }));
        }
        return signals;
    }

    /// <summary>A signal came.</summary>
    public void Receive(PosixSignal signal)
    {
        if (signal == PosixSignal.SIGINT && _stop.IsCancellationRequested) _kill();
        else _stop.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }
}
