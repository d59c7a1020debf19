using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LogPipeline.Tests.Indexing.Connections;

/// <summary>Reads requests and answers with given bytes; closes after an answer that is not whole, and when there is none.</summary>
internal sealed class RawServer : IDisposable
{
    /// <summary>After this answer, and after a 401, the connection stays open.</summary>
    public const string Created = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<string, byte[], string?> _answer;
    private readonly bool _reads;
    private readonly List<TcpClient> _unread = []; // closed by the collector otherwise

    public RawServer(Func<string, byte[], string?> answer, bool reads = true)
    {
        _answer = answer;
        _reads = reads;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections { get; private set; }

    public Task Accepted => _accepted.Task;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (TcpClient client in _unread) client.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                Connections++;
                _accepted.TrySetResult();
                if (_reads) _ = ServeAsync(client);
                else _unread.Add(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            while (await ReadHeadAsync(stream) is { } head)
            {
                byte[] body = await ReadBodyAsync(stream, head);
                string? answer = _answer(head, body);
                if (answer is null) return;
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
                if (answer != Created && !answer.Contains(" 401 ", StringComparison.Ordinal)) return;
            }
        }
    }

    private static async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0) return null;
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static async Task<byte[]> ReadBodyAsync(NetworkStream stream, string head)
    {
        string? length = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))?.Split(':')[1];
        if (length is not null)
        {
            byte[] body = new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body);
            return body;
        }

        List<byte> chunks = [];
        while (head.Contains("chunked", StringComparison.OrdinalIgnoreCase))
        {
            StringBuilder line = new();
            byte[] one = new byte[1];
            while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
            {
                await stream.ReadExactlyAsync(one);
                line.Append((char)one[0]);
            }

            byte[] chunk = new byte[Convert.ToInt32(line.ToString().Trim(), 16) + 2];
            await stream.ReadExactlyAsync(chunk);
            if (chunk.Length == 2) break;
            chunks.AddRange(chunk[..^2]);
        }

        return [.. chunks];
    }
}
