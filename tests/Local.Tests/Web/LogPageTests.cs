using LogPipeline.Indexing;
using LogPipeline.Sources;
using System.Net;
using System.Text.Json;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.Web.Status;
using LogPipeline.Local.Web;
using LogPipeline.Tests.Search;

namespace LogPipeline.Tests.Web;

public sealed class LogPageTests
{
    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/app.css", "text/css")]
    [InlineData("/js/app.js", "text/javascript")]
    [InlineData("/favicon.svg", "image/svg+xml")]
    public async Task Files_of_the_page_allow_nothing_from_elsewhere(string path, string type)
    {
        await using PageHost page = await PageHost.StartAsync(_ => StubStore.Answer(HttpStatusCode.NotFound, "{}"));
        using HttpResponseMessage response = await page.Client.GetAsync(path);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await page.Client.SendAsync(again)).StatusCode);
    }

    [Fact]
    public async Task The_page_has_no_script_or_style_of_its_own_inline()
    {
        await using PageHost page = await PageHost.StartAsync(_ => StubStore.Answer(HttpStatusCode.NotFound, "{}"));
        string html = await page.Client.GetStringAsync("/");
        Assert.DoesNotMatch("<script(?![^>]*src=)|<style|\\sstyle=|\\son[a-z]+=", html);
    }

    [Theory]
    [InlineData("/api/search?q=%22abc", "quotation mark")]
    [InlineData("/api/search?from=yesterday", "from is a time such as")]
    [InlineData("/api/search?from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z", "ends before it begins")]
    [InlineData("/api/search?size=0", "size is a number from 1 to 1000")]
    [InlineData("/api/search?size=99999999999", "size is a number")]
    [InlineData("/api/search?level=loud", "no level \"loud\"")]
    [InlineData("/api/search?min_level=none", "no level")]
    [InlineData("/api/search?cursor=x", "place in a list")]
    [InlineData("/api/histogram?buckets=1", "buckets is a number")]
    [InlineData("/api/facets?q=(", "never closed")]
    [InlineData("/api/document", "address of a record")]
    [InlineData("/api/context?index=logs-a&id=1&before=501", "before is a number")]
    public async Task A_wrong_question_is_answered_with_a_sentence(string path, string part)
    {
        await using PageHost page = await PageHost.StartAsync(_ => throw new InvalidOperationException());
        using HttpResponseMessage response = await page.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Contains(part, answer.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(page.Store.Asked);
    }

    [Fact]
    public async Task A_store_that_is_down_is_a_bad_gateway_with_its_address()
    {
        await using PageHost page = await PageHost.StartAsync(_ => throw new HttpRequestException("Connection refused"));
        using HttpResponseMessage response = await page.Client.GetAsync("/api/search");
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("http://store/", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_has_every_number_and_the_files_with_the_most_backlog()
    {
        PipelineStatus status = PageHost.Status() with
        {
            RecordsPerSecond = double.NaN,
            BytesPerSecond = 12.5,
            StoredRecords = 3,
            SecondsSinceCheckpoint = 0.5,
            Dropped = [new DroppedBytes("sampled", 7)],
            HeldTenants = [new HeldTenant("a", "answers 403")],
            ThrottledTenants = ["b"],
            UnreadableFiles = [new UnreadableFile("/var/log/x", "adm")],
            Files = [.. Enumerable.Range(0, 600).Select(i => new FileStatus($"/f{i:D3}", "a", 1000, 1000 - i, i, "reading", 1000))],
        };
        await using PageHost page = await PageHost.StartAsync(_ => throw new InvalidOperationException(), status);
        using JsonDocument answer = JsonDocument.Parse(await page.Client.GetStringAsync("/api/health"));
        JsonElement root = answer.RootElement;
        Assert.Equal(0, root.GetProperty("recordsPerSecond").GetDouble());
        Assert.Equal(12.5, root.GetProperty("bytesPerSecond").GetDouble());
        Assert.Equal("sampled", root.GetProperty("dropped")[0].GetProperty("reason").GetString());
        Assert.Equal("answers 403", root.GetProperty("heldTenants")[0].GetProperty("reason").GetString());
        Assert.Equal("b", root.GetProperty("throttledTenants")[0].GetProperty("tenant").GetString());
        Assert.Equal("adm", root.GetProperty("unreadableFiles")[0].GetProperty("hint").GetString());
        Assert.Equal(600, root.GetProperty("fileCount").GetInt32());
        Assert.Equal(500, root.GetProperty("files").GetArrayLength());
        Assert.Equal("/f599", root.GetProperty("files")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task A_tail_ends_when_the_process_does()
    {
        await using PageHost page = await PageHost.StartAsync(_ => StubStore.Answer(HttpStatusCode.NotFound, "{}"));
        using var events = new StreamReader(await page.Client.GetStreamAsync("/api/tail"));
        Assert.Equal("event: lines", await events.ReadLineAsync());
        Task stopped = page.StopAsync();
        await events.ReadToEndAsync();
        await stopped;
    }

    [Fact]
    public async Task A_tail_goes_on_after_the_store_was_away()
    {
        int asked = 0;
        await using PageHost page = await PageHost.StartAsync(_ => Interlocked.Increment(ref asked) == 1 ? throw new HttpRequestException("Connection refused") : StubStore.Answer(HttpStatusCode.NotFound, "{}"));
        using var events = new StreamReader(await page.Client.GetStreamAsync("/api/tail"));
        Assert.Equal("event: problem", await events.ReadLineAsync());
        Assert.Contains("\"final\":false", await events.ReadLineAsync(), StringComparison.Ordinal);
        await events.ReadLineAsync();
        Assert.Equal("event: lines", await events.ReadLineAsync());
    }

    [Fact]
    public async Task A_broken_query_ends_the_tail_with_its_reason()
    {
        await using PageHost page = await PageHost.StartAsync(_ => throw new InvalidOperationException());
        string events = await page.Client.GetStringAsync("/api/tail?q=(");
        Assert.StartsWith("event: problem\ndata: {", events, StringComparison.Ordinal);
        Assert.Contains("\"final\":true", events, StringComparison.Ordinal);
    }
}
