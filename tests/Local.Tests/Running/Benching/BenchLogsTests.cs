using LogPipeline.Formats;
using LogPipeline.Local.Running.Benching;

namespace LogPipeline.Tests.Running.Benching;

public sealed class BenchLogsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bench-logs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_line_is_one_of_a_container_and_times_never_go_back()
    {
        long lines = BenchLogs.Write(_folder, 1 << 20, files: 4);

        string[] files = Directory.GetFiles(_folder, "*.log", SearchOption.AllDirectories);
        Assert.Equal(4, files.Length);
        Assert.Equal(lines, files.Sum(file => File.ReadLines(file).LongCount()));
        Assert.InRange(files.Sum(file => new FileInfo(file).Length), 1 << 20, (1 << 20) + (4 * 500));
        foreach (string file in files)
        {
            long last = 0;
            foreach (string line in File.ReadLines(file))
            {
                Assert.True(CriLine.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out CriLine parsed), line);
                Assert.True(parsed.TimestampNanos > last, line);
                last = parsed.TimestampNanos;
            }
        }
    }
}
