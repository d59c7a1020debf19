using LogPipeline.Observability;
using LogPipeline.Tailing;
using LogPipeline.Tailing.Descriptors;
using LogPipeline.Tests.Indexing;

namespace LogPipeline.Tests.Tailing.Descriptors;

public sealed class LimitedFileSystemTests : IDisposable
{
    private readonly InMemoryFileSystem _disk = new();
    private readonly RecordingLog _log = new();

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Past_the_limit_a_file_waits_until_another_is_closed_and_that_is_told_once()
    {
        var files = new LimitedFileSystem(_disk, 2, _log, TimeProvider.System);
        string[] paths = [.. Enumerable.Range(0, 3).Select(i => $"{_disk.Root}/{i}.log")];
        foreach (string path in paths) _disk.Write(path, "a line\n"u8.ToArray());
        ILogFileHandle first = files.Open(paths[0]);
        using ILogFileHandle second = files.Open(paths[1]);
        Assert.Throws<IOException>(() => files.Open(paths[2]));
        Assert.Throws<IOException>(() => files.Open(paths[2]));
        Assert.Equal(1, _log.Count(LogEvents.OpenFilesLimit));
        first.Dispose();
        first.Dispose();
        using ILogFileHandle third = files.Open(paths[2]);
        Assert.Throws<IOException>(() => files.Open(paths[0]));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_takes_no_place()
    {
        var files = new LimitedFileSystem(_disk, 1, _log, TimeProvider.System);
        for (int i = 0; i < 3; i++) Assert.Throws<FileNotFoundException>(() => files.Open(_disk.Root + "/none.log"));
        _disk.Write(_disk.Root + "/a.log", "a line\n"u8.ToArray());
        using ILogFileHandle open = files.Open(_disk.Root + "/a.log");
        Assert.Equal(0, _log.Count(LogEvents.OpenFilesLimit));
    }

    [Fact]
    public void Of_this_process_s_descriptors_some_are_kept_for_everything_else()
    {
        int limit = LimitedFileSystem.ProcessLimit() ?? int.MaxValue;
        Assert.InRange(LimitedFileSystem.ForThisProcess(), 1, limit - Math.Min(512, limit / 2));
    }
}
