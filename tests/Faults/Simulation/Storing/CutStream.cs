namespace LogPipeline.Tests.Simulation.Storing;

/// <summary>An answer's body whose connection closes before its announced end.</summary>
internal sealed class CutStream(byte[] content) : MemoryStream(content)
{
    public override int Read(Span<byte> buffer) => Ended(base.Read(buffer));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = base.Read(buffer.Span);
        return read > 0 ? new(read) : ValueTask.FromException<int>(new HttpIOException(HttpRequestError.ResponseEnded, "the response ended prematurely"));
    }

    private static int Ended(int read) => read > 0 ? read : throw new HttpIOException(HttpRequestError.ResponseEnded, "the response ended prematurely");
}
