namespace LogPipeline.Formats;

/// <summary>Writes timestamps as <see cref="Rfc3339Nano.Write"/> does, and remembers the text of the last one's second: lines of one file come in the order of time. Not thread-safe.</summary>
public sealed class Rfc3339NanoWriter
{
    private readonly byte[] _second = new byte[Rfc3339Nano.FractionStart];

    // Of an empty second before all times until the first is written.
    private long _secondNanos = long.MaxValue;

    /// <summary>Writes <see cref="Rfc3339Nano.WrittenLength"/> bytes and returns that number.</summary>
    public int Write(long nanos, Span<byte> destination)
    {
        long fraction = nanos - _secondNanos;
        if ((ulong)fraction >= Rfc3339Nano.NanosPerSecond || _secondNanos == long.MaxValue) return WriteNewSecond(nanos, destination);
        destination = destination[..Rfc3339Nano.WrittenLength];
        _second.CopyTo(destination);
        Rfc3339Nano.WriteFraction((uint)fraction, destination);
        return Rfc3339Nano.WrittenLength;
    }

    private int WriteNewSecond(long nanos, Span<byte> destination)
    {
        int written = Rfc3339Nano.Write(nanos, destination);
        long fraction = nanos % Rfc3339Nano.NanosPerSecond;
        _secondNanos = nanos - (fraction < 0 ? fraction + Rfc3339Nano.NanosPerSecond : fraction);
        destination[.._second.Length].CopyTo(_second);
        return written;
    }
}
