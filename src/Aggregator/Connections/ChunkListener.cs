using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using LogPipeline.Aggregator.Streams;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Cluster.Connections;
using LogPipeline.Observability;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Aggregator.Connections;

/// <summary>
/// Takes nodes' connections for chunks and hands what comes on them to the actors of the streams. Of a stream that is not here the node is told to begin anew, which it
/// does through the shard region.
/// </summary>
public sealed class ChunkListener : IDisposable
{
    private static readonly TimeSpan OpeningLimit = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly MemberCertificate? _certificate;
    private readonly LocalStreams _streams;
    private readonly IActorRefFactory _actors;
    private readonly IPipelineLog _log;

    private ChunkListener(Socket socket, MemberCertificate? certificate, LocalStreams streams, IActorRefFactory actors, IPipelineLog log) =>
        (_socket, _certificate, _streams, _actors, _log) = (socket, certificate, streams, actors, log);

    /// <summary>Where it listens.</summary>
    public ChunkPort Port => new(((IPEndPoint)_socket.LocalEndPoint!).Port);

    /// <summary>Listens from now on. Throws <see cref="SocketException"/> when the port is taken.</summary>
    /// <param name="address">Where; port 0 lets the system choose.</param>
    /// <param name="certificate">What it shows and asks for; null without TLS.</param>
    /// <param name="streams">Who takes chunks.</param>
    /// <param name="actors">Makes an actor for each connection.</param>
    /// <param name="log">Is told of connections that fail.</param>
    public static ChunkListener Start(IPEndPoint address, MemberCertificate? certificate, LocalStreams streams, IActorRefFactory actors, IPipelineLog log)
    {
        var listener = new ChunkListener(new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp), certificate, streams, actors, log);
        try
        {
            listener._socket.Bind(address);
            listener._socket.Listen();
        }
        catch
        {
            listener.Dispose();
            throw;
        }
        _ = listener.AcceptAllAsync();
        return listener;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _socket.AcceptAsync(_stop.Token));
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException fault)
            {
                // As when no descriptor is left: others may close theirs.
                _log.Write(PipelineLogLevel.Warning, LogEvents.ChunkConnectionFailed, $"No connection for chunks can be taken ({fault.Message}). Chunks come over the engine's own meanwhile.");
                await Task.Delay(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        string peer = socket.RemoteEndPoint?.ToString() ?? "?";
        IActorRef? answers = null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(OpeningLimit);
            using MessageConnection connection = await ConnectionOpening.AcceptAsync(socket, _certificate, limit.Token);
            answers = _actors.ActorOf(AnswerActor.Props(connection));
            await connection.RunAsync(message => Deliver(message, connection, answers), _stop.Token);
        }
        catch (Exception fault)
        {
            if (!_stop.IsCancellationRequested) _log.Write(PipelineLogLevel.Info, LogEvents.ChunkConnectionFailed, $"The connection of {peer} for chunks has ended ({fault.Message}). Nothing is lost; what was under way is sent again.");
        }
        finally
        {
            answers?.Tell(PoisonPill.Instance);
        }
    }

    private void Deliver(IStreamMessage message, MessageConnection connection, IActorRef answers)
    {
        if (_streams.Find(message.Stream) is { } stream) stream.Tell(message, answers);
        else connection.Send(new RewindStream(message.Stream, message.Epoch, message.Epoch, RewindReason.UnknownEpoch));
    }
}
