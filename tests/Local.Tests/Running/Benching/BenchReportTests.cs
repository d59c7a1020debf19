using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.Observability.Usage;
using LogPipeline.Local.Running.Benching;

namespace LogPipeline.Tests.Running.Benching;

public sealed class BenchReportTests
{
    private readonly BenchReport _report = new()
    {
        Input = "1 GiB of lines", ReadBytes = 1_000_000_000, SentBytes = 4_500_000_000, Records = 5_000_000, Documents = 5_000_000, Requests = 1_100, Elapsed = TimeSpan.FromSeconds(4),
        Cpu = new CpuUse(Start: 0.5, Read: 0.1, Encode: 1.2, Send: 0.5, Receive: 0.1, Other: 0.1), PeakRssBytes = 122 << 20,
    };

    [Fact]
    public void Figures_are_input_megabytes_for_each_cpu_second_and_shares_of_what_is_not_the_start()
    {
        string[] lines = _report.Render(TerminalStyle.Plain).Split('\n');

        Assert.EndsWith("bench, 1 GiB of lines", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                "  per core  400 MB for each CPU second (2.50 s); 500 without the 0.50 s of the start",
                "  by clock  250 MB/s (4.00 s)",
                "  sent      4.50 bytes for each byte read; 5,000,000 records in 1,100 requests",
                "  memory    122 MiB resident at most",
                "  CPU       read 5 %, encode 60 %, send 25 %, receive 5 %, other 5 %",
            ],
            lines[1..6]);
        Assert.True(_report.IsWhole);
    }

    [Theory]
    [InlineData(4_999_999)]
    [InlineData(5_000_001)]
    public void A_document_too_few_or_too_many_is_wrong(long documents)
    {
        BenchReport report = _report with { Documents = documents };

        Assert.False(report.IsWhole);
        Assert.Contains($"wrong     5,000,000 records were counted as stored, {documents:N0} documents came", report.Render(TerminalStyle.Plain), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_read_divides_by_nothing()
    {
        string text = (_report with { ReadBytes = 0, SentBytes = 0, Cpu = default, Elapsed = TimeSpan.Zero }).Render(TerminalStyle.Plain);

        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", text, StringComparison.Ordinal);
    }
}
