using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using LogPipeline.Protocol;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Cluster.Connections;

/// <summary>
/// One connection between a node and an aggregator, beside the engine's own, on which chunks travel one way and what is said of them the other way: the engine copies
/// each message four times a side, and heartbeats would wait behind it. Messages arrive in the order in which they were sent, or not at all.
/// <code>frame = length:u32 little endian, of what follows; manifest: 2 ASCII bytes; message by MessageCodec</code>
/// </summary>
public sealed class MessageConnection(Stream stream) : IDisposable
{
    private const int LengthBytes = sizeof(uint), ManifestBytes = 2;

    /// <summary>Of a frame: a chunk with its header is smaller by far.</summary>
    private const int MaxFrameBytes = ReceiveBytes - LengthBytes;

    private const int ReceiveBytes = 256 << 10;

    /// <summary>A frame of more takes the array along that it has come in; smaller ones are copied out of it.</summary>
    private const int CopiedFrameBytes = 64 << 10;

    /// <summary>Messages that wait are sent together, up to about so many bytes.</summary>
    private const int SendBytes = 192 << 10;

    /// <summary>How long the other side may take nothing: it is frozen, or gone without a word.</summary>
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    private readonly Channel<IStreamMessage> _outgoing = Channel.CreateUnbounded<IStreamMessage>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Sends a message behind those before it; nothing happens when the connection is closed. Safe from any thread.</summary>
    public void Send(IStreamMessage message) => _outgoing.Writer.TryWrite(message);

    /// <summary>Sends and receives until the other side closes, fails, or takes nothing; then it throws or returns, and the connection is of no use any more.</summary>
    /// <param name="received">Called with each message, one at a time.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task RunAsync(Action<IStreamMessage> received, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task sending = SendAllAsync(end.Token), receiving = ReceiveAllAsync(received, end.Token);
        Task first = await Task.WhenAny(sending, receiving);
        await end.CancelAsync();
        Dispose();
        await Task.WhenAll(sending, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    public void Dispose()
    {
        _outgoing.Writer.TryComplete();
        stream.Dispose();
    }

    private async Task SendAllAsync(CancellationToken end)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(end);
        while (await _outgoing.Reader.WaitToReadAsync(end))
        {
            while (buffer.WrittenCount < SendBytes && _outgoing.Reader.TryRead(out IStreamMessage? message)) WriteFrame(buffer, message);
            limit.CancelAfter(SendTimeout);
            try
            {
                await stream.WriteAsync(buffer.WrittenMemory, limit.Token);
            }
            catch (OperationCanceledException) when (!end.IsCancellationRequested)
            {
                throw new TimeoutException($"the other side has taken nothing for {SendTimeout.TotalSeconds} s");
            }
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            buffer.ResetWrittenCount();
        }
    }

    private static void WriteFrame(ArrayBufferWriter<byte> buffer, IStreamMessage message)
    {
        int begin = buffer.WrittenCount;
        Span<byte> head = buffer.GetSpan(LengthBytes + ManifestBytes);
        string manifest = MessageCodec.ManifestOf(message);
        (head[LengthBytes], head[LengthBytes + 1]) = ((byte)manifest[0], (byte)manifest[1]);
        buffer.Advance(LengthBytes + ManifestBytes);
        MessageCodec.Encode(message, buffer);
        (message as DeliverChunk)?.Return();
        BinaryPrimitives.WriteInt32LittleEndian(MemoryMarshal.AsMemory(buffer.WrittenMemory).Span[begin..], buffer.WrittenCount - begin - LengthBytes);
    }

    private async Task ReceiveAllAsync(Action<IStreamMessage> received, CancellationToken end)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
        int from = 0, to = 0;
        while (true)
        {
            while (TryFindFrame(buffer.AsSpan(from, to - from), out int length))
            {
                int begin = from + LengthBytes;
                from = begin + length;
                if (length <= CopiedFrameBytes)
                {
                    received(ReadFrame(buffer.AsSpan(begin, length).ToArray(), null));
                    continue;
                }
                byte[] next = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
                buffer.AsSpan(from, to - from).CopyTo(next);
                received(ReadFrame(buffer.AsMemory(begin, length), buffer));
                (buffer, from, to) = (next, 0, to - from);
            }
            buffer.AsSpan(from, to - from).CopyTo(buffer);
            (from, to) = (0, to - from);
            int read = await stream.ReadAsync(buffer.AsMemory(to), end);
            if (read == 0) return;
            to += read;
        }
    }

    private static bool TryFindFrame(ReadOnlySpan<byte> received, out int length)
    {
        length = 0;
        if (received.Length < LengthBytes) return false;
        uint told = BinaryPrimitives.ReadUInt32LittleEndian(received);
        if (told is < ManifestBytes or > MaxFrameBytes) throw new InvalidDataException($"A frame of {told} bytes: this is no connection for chunks.");
        length = (int)told;
        return received.Length - LengthBytes >= length;
    }

    // A chunk keeps its bytes.
    private static IStreamMessage ReadFrame(ReadOnlyMemory<byte> frame, byte[]? rented)
    {
        string manifest = Encoding.ASCII.GetString(frame.Span[..ManifestBytes]);
        IStreamMessage message = MessageCodec.TryDecode(manifest, frame[ManifestBytes..]) ?? throw new InvalidDataException($"{frame.Length} bytes are no message '{manifest}' that this version knows.");
        return message is DeliverChunk chunk ? chunk with { Rented = rented } : message;
    }
}
