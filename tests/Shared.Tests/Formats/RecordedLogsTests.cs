using System.IO.Compression;
using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Formats;

public sealed class RecordedLogsTests
{
    [Theory]
    [MemberData(nameof(SingleFiles))]
    public void A_recorded_file_decodes_to_what_its_process_wrote(string scenario, string container)
    {
        byte[] file = RecordedLogs.SingleFile(scenario, container);
        List<ReadEntry> entries = EntryReading.ReadWhole(LogFormat.Cri, file);

        AssertDecoded(entries, scenario, container, "stdout", "stderr");
        Assert.Equal(file.Length, entries.Sum(e => e.LengthBytes));
        for (int seed = 0; seed < 5; seed++)
        {
            Assert.True(entries.SequenceEqual(EntryReading.ReadInRandomChunks(LogFormat.Cri, file, new Random(seed))), $"Other entries with the chunks of seed {seed}.");
        }
    }

    [Fact]
    public void Lines_that_span_rotated_files_decode_to_what_their_process_wrote()
    {
        string[] files = RecordedLogs.History("rotate", "midline", compressed: false);
        Assert.Equal(4, files.Length);
        List<ReadEntry>[] perFile = [.. files.Select(file => EntryReading.ReadWhole(LogFormat.Cri, File.ReadAllBytes(file)))];

        AssertDecoded(perFile.SelectMany(e => e), "rotate", "midline", "stdout", "stderr");
        Assert.Contains(perFile[..^1], entries => entries[^1].Has(EntryFlags.Partial));
    }

    [Fact]
    public void The_compressed_files_of_the_kubelet_hold_the_same_entries()
    {
        foreach (string compressed in RecordedLogs.History("rotate", "midline", compressed: true))
        {
            string name = Path.GetFileName(compressed)[4..^3];
            string plain = Assert.Single(RecordedLogs.History("rotate", "midline", compressed: false), file => file.EndsWith(name, StringComparison.Ordinal));
            using var content = new MemoryStream();
            using (var gzip = new GZipStream(File.OpenRead(compressed), CompressionMode.Decompress)) gzip.CopyTo(content);

            Assert.Equal(EntryReading.ReadWhole(LogFormat.Cri, File.ReadAllBytes(plain)), EntryReading.ReadWhole(LogFormat.Cri, content.ToArray()));
        }
    }

    [Fact]
    public void Each_restart_of_a_crash_loop_decodes_on_its_own_to_its_last_unterminated_line()
    {
        string[] files = RecordedLogs.History("crashloop", "app", compressed: false);
        Assert.Equal(8, files.Length);
        for (int restart = 0; restart < files.Length; restart++)
        {
            List<ReadEntry> entries = EntryReading.ReadWhole(LogFormat.Cri, File.ReadAllBytes(files[restart]));
            AssertDecoded(entries, "crashloop", "app", $"{restart}.stdout", $"{restart}.stderr");
            Assert.Contains(entries, e => e.Has(EntryFlags.Partial));
        }
    }

    [Fact]
    public void Timestamps_of_a_recorded_sub_stream_never_go_back()
    {
        List<ReadEntry> entries = EntryReading.ReadWhole(LogFormat.Cri, RecordedLogs.SingleFile("interleave", "concurrent"));
        foreach (SubStream subStream in (SubStream[])[SubStream.Stdout, SubStream.Stderr])
        {
            long[] times = [.. entries.Where(e => e.SubStream == subStream).Select(e => e.TimestampNanos)];
            Assert.NotEmpty(times);
            Assert.Equal(times.Order(), times);
        }
    }

    public static TheoryData<string, string> SingleFiles() => RecordedLogs.SingleFiles();

    private static void AssertDecoded(IEnumerable<ReadEntry> entries, string scenario, string container, string stdout, string stderr)
    {
        ReadEntry[] all = [.. entries];
        Assert.DoesNotContain(all, e => e.Has(EntryFlags.FormatError) || e.Has(EntryFlags.Truncated));
        Assert.True(RecordedLogs.Expected(scenario, container, stdout).AsSpan().SequenceEqual(EntryReading.Written(all, SubStream.Stdout)), stdout);
        Assert.True(RecordedLogs.Expected(scenario, container, stderr).AsSpan().SequenceEqual(EntryReading.Written(all, SubStream.Stderr)), stderr);
    }
}
