using LogPipeline.Configuration;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Running;

namespace LogPipeline.Tests.Running.Benching;

public sealed class BenchCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bench-tests-").FullName;
    private readonly StringWriter _output = new(), _error = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Generated_logs_are_shipped_and_each_figure_is_told()
    {
        string[] before = Folders();

        Assert.Equal(ExitCode.Success, await Bench(new PipelineOptions(), 2 << 20, files: 3));

        string text = _output.ToString();
        Assert.Contains("2 MiB of generated CRI lines in 3 files; joining auto, parsing auto", text, StringComparison.Ordinal);
        foreach (string figure in (string[])["MB for each CPU second", "MB/s", "bytes for each byte read", "resident at most", "read ", "encode ", "send ", "receive "]) Assert.Contains(figure, text, StringComparison.Ordinal);
        Assert.Equal("", _error.ToString());
        Assert.Empty(Folders().Except(before));
    }

    [Fact]
    public async Task Given_files_are_read_from_their_start_and_left_as_they_are()
    {
        string file = Path.Join(_folder, "app.log");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 5000).Select(number => $"line {number}"), TestContext.Current.CancellationToken);
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var options = new PipelineOptions { Sources = [new SourceOptions { Path = Path.Join(_folder, "*.log") }] };
        options.Joining.Preset = "none";

        Assert.Equal(ExitCode.Success, await Bench(options));

        Assert.Contains("5,000 records", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Files_that_are_not_there_are_said_to_be_so()
    {
        Assert.Equal(ExitCode.CannotStart, await Bench(new PipelineOptions { Sources = [new SourceOptions { Path = Path.Join(_folder, "none-*") }] }));

        Assert.Contains("no file matches", _error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> Bench(PipelineOptions options, long bytes = 1 << 20, int files = 1) =>
        new Commands(_output, _error).Bench(new BenchSettings(options, bytes, files), TestContext.Current.CancellationToken);

    private static string[] Folders() => Directory.GetDirectories(Path.GetTempPath(), "pipeline-bench-*");
}
