using Akka.Actor;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Cluster.Connections;
using LogPipeline.Node.Connections;
using LogPipeline.Node.Sending;
using LogPipeline.Protocol;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;
using LogPipeline.Tests.Running;

namespace LogPipeline.Tests.Connections;

/// <summary>The connection for chunks between a node and an aggregator, over real sockets.</summary>
public sealed class ChunkConnectionTests
{
    private const string Stream = "node:stream";

    [Fact]
    public async Task An_epoch_begins_through_the_region_and_goes_on_over_the_connection_in_larger_chunks_once_all_of_it_is_accepted()
    {
        await using var both = new ChunkListening();
        ChunkConnection connection = await both.ConnectedAsync();
        var routes = new ChunkRoutes(both.Connections, ActorRefs.Nobody);
        Assert.Null(routes.Of(ChunkListening.Chunk(Stream, epoch: 1, sequence: 0)));
        Assert.Null(routes.Of(ChunkListening.Chunk(Stream, epoch: 1, sequence: 1)));

        routes.Heard(ChunkListening.Accepted(Stream, epoch: 1, next: 1), both.Address);
        Assert.Equal(0, routes.MaxChunkBytes(Stream, new(1)));
        // A newer epoch waits for nothing, and neither do others.
        Assert.Equal(SenderLimits.MaxChunkBytes, routes.MaxChunkBytes(Stream, new(2)));
        Assert.Equal(SenderLimits.MaxChunkBytes, routes.MaxChunkBytes("another stream", new(1)));

        routes.Heard(ChunkListening.Accepted(Stream, epoch: 1, next: 2), both.Address);
        Assert.Equal(SenderLimits.MaxConnectionChunkBytes, routes.MaxChunkBytes(Stream, new(1)));
        Assert.Same(connection, routes.Of(ChunkListening.Chunk(Stream, epoch: 1, sequence: 2)));
        Assert.Null(routes.Of(ChunkListening.Chunk(Stream, epoch: 2, sequence: 0)));
        routes.Heard(ChunkListening.Accepted(Stream, epoch: 1, next: 3), both.Address);
        Assert.Null(routes.Of(ChunkListening.Chunk(Stream, epoch: 2, sequence: 1)));
    }

    [Fact]
    public async Task What_comes_on_a_connection_is_answered_on_it()
    {
        await using var both = new ChunkListening();
        using Inbox owner = Inbox.Create(both.System), node = Inbox.Create(both.System);
        both.Streams.Add(Stream, owner.Receiver);
        ChunkConnection connection = await both.ConnectedAsync();
        Assert.True(connection.Join(Stream, node.Receiver));

        connection.Send(ChunkListening.Chunk(Stream, epoch: 1, sequence: 2));
        Assert.Equal(2, Assert.IsType<DeliverChunk>(await owner.ReceiveAsync(ChunkListening.Limit)).Sequence);
        IActorRef answers = await AnswersOfAsync(both, connection);
        answers.Tell(ChunkListening.Accepted(Stream, epoch: 1, next: 3));
        Assert.Equal(3, Assert.IsType<ChunksAccepted>(await node.ReceiveAsync(ChunkListening.Limit)).NextSequence);
    }

    [Fact]
    public async Task Of_a_stream_that_has_moved_away_the_node_is_told_to_begin_anew()
    {
        await using var both = new ChunkListening();
        using Inbox node = Inbox.Create(both.System);
        ChunkConnection connection = await both.ConnectedAsync();
        connection.Join(Stream, node.Receiver);
        connection.Send(ChunkListening.Chunk(Stream, epoch: 5, sequence: 9));
        Assert.Equal(new RewindStream(Stream, new(5), new(5), RewindReason.UnknownEpoch), await node.ReceiveAsync(ChunkListening.Limit));
    }

    [Fact]
    public async Task A_stream_whose_connection_ends_is_told_and_goes_back_to_the_region()
    {
        await using var both = new ChunkListening();
        using Inbox node = Inbox.Create(both.System);
        ChunkConnection connection = await both.ConnectedAsync();
        var routes = new ChunkRoutes(both.Connections, node.Receiver);
        routes.Of(ChunkListening.Chunk(Stream, epoch: 1, sequence: 0));
        routes.Heard(ChunkListening.Accepted(Stream, epoch: 1, next: 1), both.Address);
        Assert.Same(connection, routes.Of(ChunkListening.Chunk(Stream, epoch: 1, sequence: 1)));
        Assert.Equal(1, both.Connections.Count);

        both.Listener.Dispose();
        var lost = Assert.IsType<ConnectionLost>(await node.ReceiveAsync(ChunkListening.Limit));
        Assert.True(routes.Lost(lost));
        Assert.False(routes.Lost(lost), "told twice");
        Assert.Null(routes.Of(ChunkListening.Chunk(Stream, epoch: 1, sequence: 2)));
        Assert.False(connection.Join(Stream, node.Receiver), "a closed connection takes streams");
        Assert.Equal(0, both.Connections.Count);
    }

    [Fact]
    public async Task An_actor_that_ends_takes_no_answers_from_the_one_in_its_place()
    {
        await using var both = new ChunkListening();
        using Inbox ended = Inbox.Create(both.System), node = Inbox.Create(both.System);
        ChunkConnection connection = await both.ConnectedAsync();
        connection.Join(Stream, ended.Receiver);
        connection.Join(Stream, node.Receiver);
        connection.Leave(Stream, ended.Receiver);
        connection.Send(ChunkListening.Chunk(Stream, epoch: 5, sequence: 0));
        Assert.IsType<RewindStream>(await node.ReceiveAsync(ChunkListening.Limit));
    }

    [Fact]
    public async Task Who_has_another_authoritys_certificate_or_none_can_send_nothing()
    {
        using var workspace = new Workspace();
        var authority = new ClusterAuthority(strangers: "stranger");
        MemberCertificate member = Certificate(authority, workspace, "member"), stranger = Certificate(authority, workspace, "stranger");
        await using var both = new ChunkListening(aggregator: member, node: member);
        using Inbox owner = Inbox.Create(both.System);
        both.Streams.Add(Stream, owner.Receiver);

        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(both, stranger, epoch: 1));
        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(both, null, epoch: 2));
        await SendAsync(both, member, epoch: 3);
        Assert.Equal(new StreamEpoch(3), Assert.IsType<DeliverChunk>(await owner.ReceiveAsync(ChunkListening.Limit)).Epoch);
    }

    [Fact]
    public async Task Who_speaks_another_protocol_gets_no_answer()
    {
        await using var both = new ChunkListening();
        Assert.Empty(await both.SayAsync("GET / HTTP/1.1\r\nHost: me\r\n\r\n"u8.ToArray()));
    }

    // A stranger may learn only after its greeting that it is refused.
    private static async Task SendAsync(ChunkListening both, MemberCertificate? certificate, long epoch)
    {
        using MessageConnection connection = await both.ConnectAsync(certificate);
        connection.Send(ChunkListening.Chunk("of nobody", epoch, sequence: 0));
        connection.Send(ChunkListening.Chunk(Stream, epoch, sequence: 0));
        using var answered = new CancellationTokenSource();
        await connection.RunAsync(_ => answered.Cancel(), answered.Token).ContinueWith(
            ended => answered.IsCancellationRequested ? Task.CompletedTask : throw new IOException("closed", ended.Exception), TaskScheduler.Default).Unwrap();
    }

    private static MemberCertificate Certificate(ClusterAuthority authority, Workspace workspace, string member)
    {
        string folder = workspace.Folder(member);
        authority.Configuration(folder, member);
        var options = new ClusterTlsOptions { Certificate = $"{folder}/tls.crt", Key = $"{folder}/tls.key", Authority = $"{folder}/ca.crt" };
        using var errors = new StringWriter();
        Assert.True(MemberCertificate.TryRead(options, errors, out MemberCertificate? certificate), errors.ToString());
        return certificate!;
    }

    // As the actor of a stream has it: whoever sent the chunk.
    private static async Task<IActorRef> AnswersOfAsync(ChunkListening both, ChunkConnection connection)
    {
        var sender = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        both.Streams.Add("asked", both.System.ActorOf(Props.Create(() => new SenderOf(sender))));
        connection.Send(ChunkListening.Chunk("asked", epoch: 1, sequence: 0));
        return await sender.Task.WaitAsync(ChunkListening.Limit);
    }

    private sealed class SenderOf : ReceiveActor
    {
        public SenderOf(TaskCompletionSource<IActorRef> sender) => Receive<DeliverChunk>(_ => sender.SetResult(Sender));
    }
}
