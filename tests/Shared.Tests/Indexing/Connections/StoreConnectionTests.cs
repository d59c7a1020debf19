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
            return RawServer.Created;
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
            return RawServer.Created;
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
}
