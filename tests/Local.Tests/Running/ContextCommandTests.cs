using LogPipeline.Local.CommandLine;

namespace LogPipeline.Tests.Running;

public sealed class ContextCommandTests : IDisposable
{
    private const string Pod = "pods/shop_cart-1_0b9cb8d8/app/";

    private readonly PipelineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Lines_come_from_the_own_sub_stream_across_rotated_files()
    {
        _fixture.Write(Pod + "0.log.20261120-164005", ["2026-11-20T16:40:01Z stdout F one", "2026-11-20T16:40:02Z stderr F other", "2026-11-20T16:40:03Z stdout F two"]);
        _fixture.Write(Pod + "0.log", ["2026-11-20T16:40:06Z stdout F three", "2026-11-20T16:40:07Z stderr F another", "2026-11-20T16:40:08Z stdout F four"]);
        await _fixture.RunAsync();

        (int exit, string text) = await _fixture.ContextAsync(Path.Join(_fixture.Logs, Pod, "0.log") + ":3", before: 2, after: 1);
        Assert.True(exit == ExitCode.Success, text);
        Assert.Equal(["  one", "  two", "> three", "  four"], Marked(text));

        (exit, text) = await _fixture.ContextAsync(Path.Join(_fixture.Logs, Pod, "0.log.20261120-164005") + ":34", before: 5, after: 5);
        Assert.True(exit == ExitCode.Success, text);
        Assert.Equal(["> other", "  another"], Marked(text));
    }

    [Fact]
    public async Task A_record_is_found_by_its_id_beside_a_running_pipeline()
    {
        _fixture.Write("app.log", Enumerable.Range(0, 3000).Select(line => $"line {line}"));
        await _fixture.RunAsync(async pipeline =>
        {
            using var client = new HttpClient { BaseAddress = LogPipeline.Local.Running.StoreAddress.Embedded(pipeline.Page) };
            string hit = await client.GetStringAsync("logs-*/_search?q=body:1500&filter_path=hits.hits._id");
            string id = hit[(hit.LastIndexOf(':') + 2)..hit.LastIndexOf('"')];
            (int exit, string text) = await _fixture.ContextAsync(id, before: 1200, after: 1100);
            Assert.True(exit == ExitCode.Success, text);
            Assert.Equal(Enumerable.Range(300, 2301).Select(line => line == 1500 ? "> line 1500" : $"  line {line}"), Marked(text));
        });
    }

    [Fact]
    public async Task What_is_not_in_the_store_is_said_and_is_exit_code_1()
    {
        _fixture.Write("app.log", ["one"]);
        await _fixture.RunAsync();

        (int exit, string text) = await _fixture.ContextAsync(new string('a', 31), 1, 1);
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.Contains("is not in the store", text, StringComparison.Ordinal);
        (exit, text) = await _fixture.ContextAsync(Path.Join(_fixture.Logs, "app.log") + ":4", 1, 1);
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.Contains("app.log:4 is not in the store", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_known_by_the_name_that_it_had()
    {
        string path = _fixture.Write("app.log", ["one", "two", "three"]);
        await _fixture.RunAsync();
        File.Delete(path);

        (int exit, string text) = await _fixture.ContextAsync(path + ":5", 1, 1);
        Assert.True(exit == ExitCode.Success, text);
        Assert.Equal(["  one", "> two", "  three"], Marked(text));
    }

    [Fact]
    public async Task Control_characters_do_not_reach_the_terminal()
    {
        _fixture.Write("app.log", ["a \e[31mred\e[0m line"]);
        await _fixture.RunAsync();

        (_, string text) = await _fixture.ContextAsync(Path.Join(_fixture.Logs, "app.log") + ":0", 0, 0);
        Assert.Contains("a ␛[31mred␛[0m line", text, StringComparison.Ordinal);
    }

    // Marker and text, without the time between.
    private static IEnumerable<string> Marked(string text) => text.TrimEnd('\n').Split('\n').Select(line => line[..2] + line[(line.IndexOf("  ", 2, StringComparison.Ordinal) + 2)..]);
}
