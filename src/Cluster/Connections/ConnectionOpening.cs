using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using LogPipeline.Cluster.Bootstrap;

namespace LogPipeline.Cluster.Connections;

/// <summary>How a <see cref="MessageConnection"/> begins: TLS where members have certificates, then the greeting, which whoever connects sends and whoever takes the connection repeats.</summary>
public static class ConnectionOpening
{
    /// <summary>Names the frames that follow; a later form of them gets another one.</summary>
    private static ReadOnlySpan<byte> Greeting => "chunks/1"u8;

    /// <summary>Connects to an aggregator. Throws when that fails, or the other side is none.</summary>
    public static async Task<MessageConnection> ConnectAsync(EndPoint aggregator, MemberCertificate? certificate, CancellationToken limit)
    {
        Socket socket = aggregator is IPEndPoint ? new Socket(aggregator.AddressFamily, SocketType.Stream, ProtocolType.Tcp) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(aggregator, limit);
            stream = StreamOf(socket);
            if (certificate is not null) stream = await certificate.AuthenticateAsClientAsync(stream, limit);
            await stream.WriteAsync(Greeting.ToArray(), limit);
            await ReadGreetingAsync(stream, limit);
            return new MessageConnection(stream);
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes a connection of a node. Throws when the other side is none.</summary>
    public static async Task<MessageConnection> AcceptAsync(Socket socket, MemberCertificate? certificate, CancellationToken limit)
    {
        Stream stream = StreamOf(socket);
        try
        {
            if (certificate is not null) stream = await certificate.AuthenticateAsServerAsync(stream, limit);
            await ReadGreetingAsync(stream, limit);
            await stream.WriteAsync(Greeting.ToArray(), limit);
            return new MessageConnection(stream);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static NetworkStream StreamOf(Socket socket)
    {
        socket.NoDelay = true;
        // Of a machine that is gone without a word: half a minute of silence and three questions.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task ReadGreetingAsync(Stream stream, CancellationToken limit)
    {
        byte[] greeting = new byte[Greeting.Length];
        await stream.ReadExactlyAsync(greeting, limit);
        if (!greeting.AsSpan().SequenceEqual(Greeting)) throw new InvalidDataException("The other side speaks another protocol.");
    }
}
