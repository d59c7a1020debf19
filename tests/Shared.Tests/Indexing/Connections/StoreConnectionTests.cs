using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Indexing.Connections;

namespace LogPipeline.Tests.Indexing.Connections;

/// <summary>The real handler against a socket: what the network does must come out as the failure that it is.</summary>
public sealed class StoreConnectionTests
{
    private const string Created = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

    [Fact]
    public async Task A_connection_closed_before_an_answer_is_told_from_one_that_was_never_made()
    {
        using RawServer server = new((_, _) => null);
        using StoreConnection connection = Connect(server.Port);
        using StoreAnswer closed = await Post(connection);
        Assert.Equal(StoreFailure.Closed, closed.Failure);
        server.Dispose();
        using StoreAnswer refused = await Post(connection);
        Assert.Equal(StoreFailure.NotConnected, refused.Failure);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"took\":1", StoreFailure.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"too\r\n", StoreFailure.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nConte", StoreFailure.Closed)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", StoreFailure.Closed)]
    public async Task An_answer_that_ends_early_is_no_answer(string answer, StoreFailure expected)
    {
        using RawServer server = new((_, _) => answer);
        using StoreConnection connection = Connect(server.Port);
        using StoreAnswer read = await Post(connection);
        Assert.Equal(expected, read.Failure);
    }

    [Fact]
    public async Task Status_body_and_retry_after_are_read()
    {
        using RawServer server = new((_, _) => "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        using StoreConnection connection = Connect(server.Port);
        using StoreAnswer answer = await Post(connection);
        Assert.Equal((429, TimeSpan.FromSeconds(7), "abc"), (answer.Status, answer.RetryAfter, Encoding.UTF8.GetString(answer.Body)));
    }

    [Fact]
    public async Task A_body_is_sent_byte_for_byte_or_in_the_parts_that_are_asked_for()
    {
        List<(string Head, byte[] Body)> seen = [];
        using RawServer server = new((head, body) =>
        {
            seen.Add((head, body));
            return Created;
        });
        using StoreConnection connection = Connect(server.Port);
        BulkBody bulk = Documents.Body("a", [.. Enumerable.Range(0, 5000)]);
        foreach (int[]? items in new int[]?[] { null, [0, 1, 2, 7, 9, 10, 4999] })
        {
            using BulkContent content = new(bulk, items, gzip: false);
            using StoreAnswer answer = await connection.SendAsync(connection.Endpoints.Take(connection.Now), HttpMethod.Post, "_bulk", content, default);
            await content.WhenUnread();
            byte[] expected = items is null ? bulk.Written.ToArray() : [.. items.SelectMany(i => bulk.Item(bulk.Items[i]).ToArray())];
            Assert.Equal(expected, seen[^1].Body);
            Assert.StartsWith("POST /prefix/_bulk HTTP/1.1", seen[^1].Head, StringComparison.Ordinal);
            Assert.Contains("Content-Type: application/x-ndjson", seen[^1].Head, StringComparison.Ordinal);
        }

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_compressed_body_expands_to_the_same_bytes()
    {
        byte[] sent = [];
        string head = "";
        using RawServer server = new((h, b) =>
        {
            (head, sent) = (h, b);
            return Created;
        });
        using StoreConnection connection = Connect(server.Port);
        BulkBody bulk = Documents.Body("a", [.. Enumerable.Range(0, 3000)]);
        using BulkContent content = new(bulk, null, gzip: true);
        using StoreAnswer answer = await connection.SendAsync(connection.Endpoints.Take(connection.Now), HttpMethod.Post, "_bulk", content, default);
        using GZipStream gzip = new(new MemoryStream(sent), CompressionMode.Decompress);
        using MemoryStream expanded = new();
        await gzip.CopyToAsync(expanded);
        Assert.Equal(bulk.Written.ToArray(), expanded.ToArray());
        Assert.Contains("Content-Encoding: gzip", head, StringComparison.Ordinal);
        Assert.True(sent.Length < bulk.Length / 4);
    }

    [Fact]
    public async Task A_password_file_that_changed_is_read_again_after_a_401()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "old\n");
            string good = "Authorization: Basic " + Convert.ToBase64String("agent:new"u8);
            using RawServer server = new((head, _) => head.Contains(good, StringComparison.Ordinal) ? Created : "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
            using StoreConnection connection = Connect(server.Port, new StoreOptions { User = "agent", PasswordFile = file });
            using (StoreAnswer before = await Post(connection)) Assert.Equal(401, before.Status);
            await File.WriteAllTextAsync(file, "new\n");
            using StoreAnswer after = await Post(connection);
            Assert.Equal(200, after.Status);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_secret_that_is_not_there_is_named_at_start()
    {
        Assert.Contains("NO_SUCH_VARIABLE", Assert.Throws<InvalidOperationException>(() => new StoreCredentials(new StoreOptions { ApiKeyEnv = "NO_SUCH_VARIABLE" })).Message, StringComparison.Ordinal);
        Assert.Contains("/no/such/file", Assert.Throws<InvalidOperationException>(() => new StoreCredentials(new StoreOptions { User = "a", PasswordFile = "/no/such/file" })).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => StoreConnection.CreateHandler(new StoreOptions { CaFile = "/no/such/file" }));
        Assert.Null(new StoreCredentials(new StoreOptions()).Header);
    }

    [Fact]
    public async Task A_request_that_is_stopped_leaves_the_body_alone()
    {
        using RawServer server = new((_, _) => null, reads: false);
        using StoreConnection connection = Connect(server.Port);
        BulkBody bulk = Documents.Body("a", _ => new string('x', 100_000), [.. Enumerable.Range(0, 200)]);
        using BulkContent content = new(bulk, null, gzip: false);
        using CancellationTokenSource stop = new();
        Task<StoreAnswer> sending = connection.SendAsync(connection.Endpoints.Take(connection.Now), HttpMethod.Post, "_bulk", content, stop.Token);
        await server.Accepted;
        await stop.CancelAsync();
        using StoreAnswer answer = await sending;
        Assert.Equal(StoreFailure.Stopped, answer.Failure);
        await content.WhenUnread();
        bulk.Dispose();
    }

    private static StoreConnection Connect(int port, StoreOptions? store = null) =>
        new([new Uri($"http://127.0.0.1:{port}/prefix")], store ?? new StoreOptions(), new IndexingOptions(), StoreConnection.CreateHandler(new StoreOptions()), TimeProvider.System);

    private static Task<StoreAnswer> Post(StoreConnection connection) => connection.SendAsync(HttpMethod.Post, "x", "{}"u8.ToArray(), default);

    /// <summary>Reads requests and answers with given bytes; closes after an answer that is not whole, and when there is none.</summary>
    private sealed class RawServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Func<string, byte[], string?> _answer;
        private readonly bool _reads;

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

        public void Dispose() => _listener.Dispose();

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
}
