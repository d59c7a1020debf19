using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Indexing.Connections;

namespace LogPipeline.Tests.Indexing.Connections;

/// <summary>What a client of the store does with what the network and a server can do, over real sockets.</summary>
public abstract class StoreRequestsContract
{
    private readonly StoreClient _client;

    private protected StoreRequestsContract(StoreClient client) => _client = client;

    [Theory]
    [InlineData("401 Unauthorized", 401)]
    [InlineData("403 Forbidden", 403)]
    [InlineData("404 Not Found", 404)]
    [InlineData("301 Moved Permanently", 301)]
    [InlineData("500 Internal Server Error", 500)]
    [InlineData("503 Service Unavailable", 503)]
    public async Task Whatever_the_server_says_is_the_answer_status_and_text(string line, int status)
    {
        using RawServer server = new((_, _) => $"HTTP/1.1 {line}\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{{\"error\":\"x\"}}");
        using IStoreRequests connection = Connect(server.Port);
        using StoreAnswer answer = await Post(connection);
        Assert.Equal((StoreFailure.None, status), (answer.Failure, answer.Status));
        Assert.Equal("{\"error\":\"x\"}", Encoding.UTF8.GetString(answer.Body));
    }

    [Fact]
    public async Task A_request_has_its_method_path_behind_the_prefix_query_and_body()
    {
        List<(string Head, byte[] Body)> seen = [];
        using RawServer server = new((head, body) =>
        {
            seen.Add((head, body));
            return RawServer.Created;
        });
        using IStoreRequests connection = Connect(server.Port);
        foreach ((HttpMethod method, string path, string body) in ((HttpMethod, string, string)[])[(HttpMethod.Get, "", ""), (HttpMethod.Put, "_index_template/a?create=true", "{\"a\":1}"), (HttpMethod.Post, "_plugins/_ism/add/logs-*", "{}")])
        {
            using StoreAnswer answer = await connection.SendAsync(method, path, Encoding.UTF8.GetBytes(body), default);
            Assert.Equal((200, "{}"), (answer.Status, Encoding.UTF8.GetString(answer.Body)));
            Assert.StartsWith($"{method} /prefix/{path} HTTP/1.1\r\n", seen[^1].Head, StringComparison.Ordinal);
            Assert.Equal(body, Encoding.UTF8.GetString(seen[^1].Body));
            Assert.Equal(body.Length > 0, seen[^1].Head.Contains("Content-Type: application/json", StringComparison.Ordinal));
            Assert.DoesNotContain("Authorization", seen[^1].Head, StringComparison.Ordinal);
        }
        Assert.Equal([$"http://127.0.0.1:{server.Port}/prefix/"], connection.Names);
    }

    [Fact]
    public async Task A_connection_closed_before_an_answer_is_told_from_one_that_was_never_made()
    {
        using RawServer server = new((_, _) => null);
        using IStoreRequests connection = Connect(server.Port);
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
        using IStoreRequests connection = Connect(server.Port);
        using StoreAnswer read = await Post(connection);
        Assert.Equal(expected, read.Failure);
    }

    [Fact]
    public async Task A_password_file_that_changed_is_read_again_after_a_401()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "old\n");
            string good = "Authorization: Basic " + Convert.ToBase64String("agent:new"u8);
            using RawServer server = new((head, _) => head.Contains(good, StringComparison.Ordinal) ? RawServer.Created : "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
            using IStoreRequests connection = Connect(server.Port, new StoreOptions { User = "agent", PasswordFile = file });
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
    public async Task A_request_that_is_stopped_says_so()
    {
        using RawServer server = new((_, _) => null, reads: false);
        using IStoreRequests connection = Connect(server.Port);
        using CancellationTokenSource stop = new();
        Task<StoreAnswer> sending = connection.SendAsync(HttpMethod.Get, "", default, stop.Token);
        await server.Accepted;
        await stop.CancelAsync();
        using StoreAnswer answer = await sending;
        Assert.Equal(StoreFailure.Stopped, answer.Failure);
    }

    [Fact]
    public async Task A_store_that_takes_a_request_and_says_nothing_has_its_time()
    {
        using RawServer server = new((_, _) => null, reads: false);
        using IStoreRequests connection = Connect([Address(server.Port)], indexing: new IndexingOptions { RequestTimeout = TimeSpan.FromMilliseconds(100) });
        using StoreAnswer answer = await Post(connection);
        Assert.Equal(StoreFailure.TimedOut, answer.Failure);
    }

    [Fact]
    public async Task An_address_that_is_away_does_not_hinder_the_others()
    {
        using RawServer away = new((_, _) => null), there = new((_, _) => RawServer.Created);
        away.Dispose();
        using IStoreRequests connection = Connect([Address(away.Port), Address(there.Port)]);
        List<int> statuses = [];
        for (int i = 0; i < 4; i++)
        {
            using StoreAnswer answer = await Post(connection);
            statuses.Add(answer.Status);
        }
        Assert.InRange(statuses.Count(status => status != 200), 0, 1);
    }

    private static Uri Address(int port) => new($"http://127.0.0.1:{port}/prefix");

    private static Task<StoreAnswer> Post(IStoreRequests connection) => connection.SendAsync(HttpMethod.Post, "x", "{}"u8.ToArray(), default);

    private IStoreRequests Connect(int port, StoreOptions? store = null) => Connect([Address(port)], store);

    private IStoreRequests Connect(Uri[] addresses, StoreOptions? store = null, IndexingOptions? indexing = null)
    {
        StoreOptions options = store ?? new();
        return _client(addresses, options, indexing ?? new(), () => StoreConnection.CreateHandler(options), TimeProvider.System);
    }
}
