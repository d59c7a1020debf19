using System.Net;
using LogPipeline.Local.Web;
using LogPipeline.Tests.Search;

namespace LogPipeline.Tests.Web;

public sealed class LoopbackGuardTests
{
    [Theory]
    [InlineData("127.0.0.1:5080", null, HttpStatusCode.OK)]
    [InlineData("localhost:5080", null, HttpStatusCode.OK)]
    [InlineData("LOCALHOST", null, HttpStatusCode.OK)]
    [InlineData("[::1]:5080", null, HttpStatusCode.OK)]
    [InlineData("127.0.0.1:5080", "http://127.0.0.1:5080", HttpStatusCode.OK)]
    [InlineData("localhost:8080", "http://localhost:8080", HttpStatusCode.OK)]
    [InlineData("evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example:5080", null, HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("192.168.1.7:5080", null, HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1:5080", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1:5080", "http://127.0.0.1:3000", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1:5080", "null", HttpStatusCode.Forbidden)]
    public async Task Only_the_servers_own_page_is_answered(string host, string? origin, HttpStatusCode expected)
    {
        await using PageHost page = await PageHost.StartAsync(_ => StubStore.Answer(HttpStatusCode.NotFound, "{}"));
        foreach (string path in (string[])["/", "/api/search", "/api/health", "/app.css"])
        {
            Assert.Equal(expected, (await SendAsync(page, path, host, origin)).StatusCode);
        }
    }

    [Fact]
    public async Task A_refusal_says_why()
    {
        await using PageHost page = await PageHost.StartAsync(_ => StubStore.Answer(HttpStatusCode.NotFound, "{}"));
        using HttpResponseMessage response = await SendAsync(page, "/", "evil.example", null);
        Assert.Contains("\"evil.example\" is not a name of it", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Empty(page.Store.Asked);
    }

    [Theory]
    [InlineData("same-origin", "cors", HttpStatusCode.OK)]
    [InlineData("none", "navigate", HttpStatusCode.OK)]
    [InlineData("cross-site", "navigate", HttpStatusCode.OK)]
    [InlineData("cross-site", "no-cors", HttpStatusCode.Forbidden)]
    [InlineData("same-site", "no-cors", HttpStatusCode.Forbidden)]
    public async Task A_foreign_page_may_link_here_but_embed_nothing(string site, string mode, HttpStatusCode expected)
    {
        await using PageHost page = await PageHost.StartAsync(_ => StubStore.Answer(HttpStatusCode.NotFound, "{}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/search");
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", mode);
        Assert.Equal(expected, (await page.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_server_that_listens_for_others_has_any_name_but_no_foreign_pages()
    {
        await using PageHost page = await PageHost.StartAsync(_ => StubStore.Answer(HttpStatusCode.NotFound, "{}"), listen: "0.0.0.0:5080");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(page, "/", "logs.example:5080", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(page, "/", "logs.example:5080", "https://evil.example")).StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1:5080", true)]
    [InlineData("localhost:5080", true)]
    [InlineData("[::1]:5080", true)]
    [InlineData("0.0.0.0:5080", false)]
    [InlineData("[::]:5080", false)]
    [InlineData("10.0.0.1:5080", false)]
    public void Loopback_is_told_from_other_addresses(string listen, bool loopback) =>
        Assert.Equal(loopback, LoopbackGuard.IsLoopbackAddress(listen));

    private static async Task<HttpResponseMessage> SendAsync(PageHost page, string path, string host, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await page.Client.SendAsync(request);
    }
}
