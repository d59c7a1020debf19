using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Protocol;
using LogPipeline.Protocol.Messages;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Protocol;

public sealed class MessageCodecTests
{
    /// <summary>One of each type, every field with a value of its own.</summary>
    private static readonly IStreamMessage[] s_messages =
    [
        new DeliverChunk
        {
            Stream = "node-1:/var/log/pods/ns_pod_uid/app/0.log", Epoch = new(3L << 24), Sequence = 7, SettledSequence = 5, Start = new(1_795_212_000, 4096), Flags = ChunkFlags.EndOfFile | ChunkFlags.EndOfStream,
            GoOnAt = new(1_795_212_001, 0), ReadAtNanos = 1_795_212_000_123_456_789, Cuts = [new(SubStream.Stderr, 4000)], Header = new byte[] { 1, 2, 3 }, Bytes = "2026-11-20T20:00:00Z stdout F hi\n"u8.ToArray(),
        },
        new ProbeStream("s", new(9), 300),
        new ChunksAccepted { Stream = "s", Epoch = new(9), NextSequence = 8, GrantedBytes = 1 << 20, HasPending = true, Cuttable = [new(SubStream.Stdout, new(2, 99))] },
        new ChunksDurable
        {
            Stream = "s", Epoch = new(9), NextSequence = 8, Resume = new(new(2, 100), new(2, 100), default, new(1, 50), new LaneState(LaneState.InsideCutLine), new(2, 90), default),
            Totals = [new(1, 0, false, new(10, 2000, 20_777, 20_778)), new(1, 0, true, new(1, 30, 20_777, 20_777))],
        },
        new RewindStream("s", new(9), new(12), RewindReason.Gap),
    ];

    /// <summary>The bytes of the first release of each grammar: whoever changes them makes a new manifest.</summary>
    private static readonly Dictionary<string, string> s_golden = new()
    {
        ["c1"] = "296e6f64652d313a2f7661722f6c6f672f706f64732f6e735f706f645f7569642f6170702f302e6c6f67808080300e0ac08b86b00d804003c28b86b00d00aab484beaff3efe9310102c03e0321010203323032362d31312d32305432303a30303a30305a207374646f757420462068690a",
        ["p1"] = "017312d804",
        ["a1"] = "017312108080800101010104c601",
        ["d1"] = "0173121004c80104c8010002640104b401000202000014a01fd2c402d4c402020001023cd2c402d2c402",
        ["r1"] = "0173121802",
    };

    [Fact]
    public void Every_type_of_the_protocol_has_an_example_here() =>
        Assert.Equal(
            typeof(IStreamMessage).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IStreamMessage)) && !type.IsInterface).Select(type => type.Name).Order(),
            s_messages.Select(message => message.GetType().Name).Order());

    [Fact]
    public void The_bytes_are_those_of_the_first_release() =>
        Assert.All(s_messages, message => Assert.Equal(s_golden[MessageCodec.ManifestOf(message)], Convert.ToHexStringLower(MessageCodec.Encode(message))));

    [Fact]
    public void Bytes_of_the_first_release_are_read() =>
        Assert.All(s_golden, golden => AssertSame(s_messages.Single(message => MessageCodec.ManifestOf(message) == golden.Key), MessageCodec.TryDecode(golden.Key, Convert.FromHexString(golden.Value))));

    [Fact]
    public void Bytes_that_are_not_whole_are_refused()
    {
        foreach (IStreamMessage message in s_messages)
        {
            byte[] bytes = MessageCodec.Encode(message);
            for (int length = 0; length < bytes.Length; length++) Assert.Null(MessageCodec.TryDecode(MessageCodec.ManifestOf(message), bytes.AsMemory(0, length)));
            Assert.Null(MessageCodec.TryDecode(MessageCodec.ManifestOf(message), (byte[])[.. bytes, 0]));
        }
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        var random = new Random(1);
        for (int run = 0; run < 20_000; run++)
        {
            IStreamMessage message = s_messages[random.Next(s_messages.Length)];
            byte[] bytes = MessageCodec.Encode(message);
            for (int changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            _ = MessageCodec.TryDecode(MessageCodec.ManifestOf(message), bytes);
        }
    }

    [Fact]
    public void An_unknown_manifest_is_refused() => Assert.Null(MessageCodec.TryDecode("c2", MessageCodec.Encode(s_messages[0])));

    [Fact]
    public void A_header_says_what_a_receiver_needs_and_no_more()
    {
        var file = new FileCheckpoint { Id = new(77), StreamKey = "k", Ordinal = 5, Kind = SourceKind.Kubelet, Fingerprint = new(10, 20), HorizonBytes = 999 };
        foreach (long from in (long[])[0, 100, 200]) file.Pins.Add(PinFrom(from));
        for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) file.LanePositions[lane] = new(150 + lane, default);
        file.Cuts.Add(new(SubStream.Stdout, 180));
        file.CountStored(0, new(1, 2, 3, 3));

        FileHeader? read = FileHeader.TryDecode(new FileHeader { Restart = 2, ReplayEnd = 170, File = file }.Encode());

        Assert.NotNull(read);
        Assert.Equal((2, 170, file.Id, 5), (read.Restart, read.ReplayEnd, read.File.Id, read.File.Ordinal));
        Assert.Equal([100, 200], read.File.Pins.Select(pin => pin.FromOffsetBytes));
        Assert.Equal(file.LanePositions, read.File.LanePositions);
        Assert.Equal(file.Cuts, read.File.Cuts);
        Assert.Empty(read.File.Stored);
    }

    private static Pin PinFrom(long offset) => new()
    {
        FromOffsetBytes = offset, Format = LogFormat.Cri, Tenant = "t", IndexTemplate = "logs-t-{day}", JoiningRule = "joining/1", Parser = "auto", Day = -1, Path = "/p", ResourceJson = "",
    };

    private static void AssertSame(IStreamMessage expected, IStreamMessage? read)
    {
        Assert.NotNull(read);
        Assert.Equal(MessageCodec.Encode(expected), MessageCodec.Encode(read));
        Assert.Equal((expected.Stream, expected.Epoch), (read.Stream, read.Epoch));
    }
}
