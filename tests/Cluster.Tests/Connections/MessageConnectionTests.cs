using System.IO.Pipelines;
using LogPipeline.Cluster.Connections;
using LogPipeline.Protocol;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;
using LogPipeline.Tests.Running;

namespace LogPipeline.Tests.Connections;

/// <summary>Messages as frames on a stream of bytes.</summary>
public sealed class MessageConnectionTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("SEED"), out int seed) ? seed : Environment.TickCount;

    [Fact]
    public async Task Messages_arrive_whole_and_in_order_however_the_bytes_are_cut()
    {
        int seed = Seed;
        output.WriteLine($"SEED={seed}");
        var random = new Random(seed);
        IStreamMessage[] sent = [.. Enumerable.Range(0, 400).Select(number => Message(random, number))];
        var pipe = new Pipe();
        using var from = new MessageConnection(new TwoStreams(new Pipe().Reader.AsStream(), pipe.Writer.AsStream(), random));
        using var to = new MessageConnection(new TwoStreams(pipe.Reader.AsStream(), Stream.Null, random));
        var received = new List<IStreamMessage>();
        using var all = new CancellationTokenSource(Limit);

        foreach (IStreamMessage message in sent) from.Send(message);
        Task sending = from.RunAsync(_ => { }, all.Token);
        Task receiving = to.RunAsync(message =>
        {
            received.Add(message);
            if (received.Count == sent.Length) all.Cancel();
        }, all.Token);
        await Task.WhenAll(sending, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.Equal(sent.Select(Bytes), received.Select(Bytes));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, (byte)'c' })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 3, 0, 0, 0, (byte)'x', (byte)'1', 0 })]
    [InlineData(new byte[] { 3, 0, 0, 0, (byte)'c', (byte)'1', 200 })]
    public async Task What_is_no_frame_ends_the_connection(byte[] bytes)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var connection = new MessageConnection(new TwoStreams(new MemoryStream(bytes), Stream.Null, new Random(1)));
        await Assert.ThrowsAsync<InvalidDataException>(() => connection.RunAsync(_ => Assert.Fail("received"), limit.Token));
    }

    private static byte[] Bytes(IStreamMessage message) => MessageCodec.Encode(message);

    private static IStreamMessage Message(Random random, int number)
    {
        byte[] bytes = new byte[random.Next(6) switch { 0 => 0, 1 => SenderLimits.MaxConnectionChunkBytes, 2 => random.Next(64 << 10, SenderLimits.MaxConnectionChunkBytes), _ => random.Next(1, 64 << 10) }];
        random.NextBytes(bytes);
        return random.Next(3) switch
        {
            0 => new ProbeStream("s", new(number), number),
            1 => new ChunksAccepted { Stream = "s", Epoch = new(1), NextSequence = number, GrantedBytes = 1 },
            _ => new DeliverChunk { Stream = "s", Epoch = new(1), Sequence = number, Start = new(0, number), Bytes = bytes },
        };
    }

}
