using System.Runtime.InteropServices;

namespace LogPipeline.Observability;

/// <summary>
/// CPU time of the steps of a line's way that begin and end on one thread, start of the process on. Taken by chunk, body and answer, never by line.
/// Zero where the kernel does not tell a thread's time. Safe from any thread.
/// </summary>
public sealed partial class StepCpu
{
    // CLOCK_THREAD_CPUTIME_ID of Linux.
    private const int ThreadClock = 3;

    private long _readNanos, _encodeNanos, _receiveNanos;

    /// <summary>Reading files, and comparing what stands before a chunk.</summary>
    public double ReadSeconds => Seconds(ref _readNanos);

    /// <summary>From a chunk to documents: entries, records, fields, JSON.</summary>
    public double EncodeSeconds => Seconds(ref _encodeNanos);

    /// <summary>Reading the store's answers and settling what they say.</summary>
    public double ReceiveSeconds => Seconds(ref _receiveNanos);

    /// <summary>Nanoseconds that the calling thread has run; only differences mean anything.</summary>
    public static long ThreadNanos => OperatingSystem.IsLinux() && GetTime(ThreadClock, out TimeSpec time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanos : 0;

    public void AddRead(long nanos) => Interlocked.Add(ref _readNanos, nanos);

    public void AddEncode(long nanos) => Interlocked.Add(ref _encodeNanos, nanos);

    public void AddReceive(long nanos) => Interlocked.Add(ref _receiveNanos, nanos);

    private static double Seconds(ref long nanos) => Volatile.Read(ref nanos) / 1e9;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds, Nanos;
    }
}
