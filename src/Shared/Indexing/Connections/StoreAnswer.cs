using System.Buffers;
using LogPipeline.Observability;

namespace LogPipeline.Indexing.Connections;

/// <summary>The store's answer to one request, or why there is none. Owns the pooled buffer of its body until it is disposed.</summary>
public sealed class StoreAnswer : IDisposable
{
    private byte[] _buffer;
    private readonly int _length;

    private StoreAnswer(byte[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
    }

    public StoreFailure Failure { get; private init; }

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public int Status { get; private init; }

    /// <summary>What the server asked for in <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>From the first byte sent to the last byte read.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>CPU time that reading its body took, in nanoseconds; see <see cref="StepCpu"/>.</summary>
    public long ReadCpuNanos { get; set; }

    /// <summary>For a person: the exception's text of a failure.</summary>
    public string Detail { get; private init; } = "";

    /// <summary>The body, decoded from nothing: no compression is asked for.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(0, _length);

    /// <summary>Takes a rented buffer over.</summary>
    public static StoreAnswer Answered(int status, TimeSpan? retryAfter, byte[] rented, int length) =>
        new(rented, length) { Status = status, RetryAfter = retryAfter };

    /// <summary>Keeps a copy of the body.</summary>
    public static StoreAnswer Answered(int status, ReadOnlySpan<byte> body)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(rented);
        return Answered(status, null, rented, body.Length);
    }

    public static StoreAnswer Failed(StoreFailure failure, string detail) => new([], 0) { Failure = failure, Detail = detail };

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }
}
