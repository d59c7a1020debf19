using LogPipeline.Sources;
using LogPipeline.Configuration;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.CommandLine;
using LogPipeline.Observability;

namespace LogPipeline.Tests.CommandLine;

public sealed class SummaryTests
{
    private static StartupSummary Start { get; } = new()
    {
        Sources =
        [
            new SourceCount("/var/log/pods/*/*/*.log", "cri", 1_042, 126_000_000),
            new SourceCount("/var/log/syslog", "plain", 1, 3_000),
            new SourceCount("/var/lib/docker/containers/*/*-json.log", "docker", 0, 0),
        ],
        Unreadable = [new UnreadableFile("/var/log/auth.log", "Members of the group adm may read them: sudo usermod -aG adm ada"), new UnreadableFile("/var/log/kern.log", "Members of the group adm may read them: sudo usermod -aG adm ada")],
        Store = StartupSummary.Describe(new StoreOptions { Embedded = { Path = "/state/store" } }),
        Index = "logs-{tenant}-{day}",
        StateDirectory = "/state",
        Page = "http://127.0.0.1:5080",
    };

    [Fact]
    public void The_start_says_what_the_last_run_may_have_sent_and_nothing_when_that_is_nothing()
    {
        Assert.Contains("  again   1.3 MiB (1,310,846 bytes) that the last run may have sent; ", (Start with { ReplayBytes = 1_310_846 }).Render(TerminalStyle.Plain), StringComparison.Ordinal);
        Assert.DoesNotContain("again", Start.Render(TerminalStyle.Plain), StringComparison.Ordinal);
    }

    [Fact]
    public void The_start_is_a_dozen_aligned_lines() =>
        Assert.Equal($$"""
            pipeline {{ProductVersion.Short}}
              reads   /var/log/pods/*/*/*.log  1,042 files  cri      120 MiB
                      /var/log/syslog              1 file   plain    2.9 KiB
                      nothing yet in /var/lib/docker/containers/*/*-json.log
              skips   2 files that may not be read: /var/log/auth.log, /var/log/kern.log
                      Members of the group adm may read them: sudo usermod -aG adm ada
              stores  embedded store in /state/store (at most 4 GiB, 14d), as logs-{tenant}-{day}
              state   /state
              page    http://127.0.0.1:5080
              Ctrl-C stops; the next run goes on where this one ends.

            """, Start.Render(TerminalStyle.Plain));

    [Fact]
    public void Many_sources_and_files_stay_a_dozen_lines()
    {
        var summary = Start with
        {
            Sources = [.. Enumerable.Range(0, 40).Select(i => new SourceCount($"/srv/{i}/" + new string('x', 100), "plain", i % 3, i))],
            Unreadable = [.. Enumerable.Range(0, 500).Select(i => new UnreadableFile($"/f{i}", "one right"))],
        };
        string text = summary.Render(TerminalStyle.Plain);

        Assert.InRange(text.Count(c => c == '\n'), 8, 14);
        Assert.Contains("and 32 files of 21 more sources", text);
        Assert.Contains("/f0, /f1, /f2 and 497 more", text);
    }

    [Fact]
    public void Nothing_to_read_is_said() =>
        Assert.Contains("reads   nothing yet; waiting for /a, /b\n", (Start with { Sources = [new SourceCount("/a", "plain", 0, 0), new SourceCount("/b", "plain", 0, 0)] }).Render(TerminalStyle.Plain));

    [Fact]
    public void Colours_add_nothing_but_colours()
    {
        string coloured = Start.Render(TerminalStyle.Colours);
        Assert.NotEqual(Start.Render(TerminalStyle.Plain), coloured);
        Assert.Equal(Start.Render(TerminalStyle.Plain), System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9]+m", ""));
    }

    [Fact]
    public void A_store_is_named_without_its_secrets()
    {
        Assert.Equal("https://a, https://b as u", StartupSummary.Describe(new StoreOptions { Urls = ["https://a", "https://b"], User = "u", PasswordEnv = "SECRET" }));
        Assert.Equal("https://a with an API key", StartupSummary.Describe(new StoreOptions { Urls = ["https://a"], ApiKeyFile = "/secret" }));
    }

    [Theory]
    [InlineData(false, null, "xterm", true)]
    [InlineData(true, null, "xterm", false)]
    [InlineData(false, "1", "xterm", false)]
    [InlineData(false, "", "xterm", true)]
    [InlineData(false, null, "dumb", false)]
    [InlineData(false, null, null, false)]
    public void Colours_are_for_terminals_that_want_them(bool redirected, string? noColor, string? term, bool colours) =>
        Assert.Equal(colours, TerminalStyle.For(redirected, name => name switch { "NO_COLOR" => noColor, "TERM" => term, _ => null }) == TerminalStyle.Colours);

    [Fact]
    public void A_clean_end_is_one_line() =>
        Assert.Equal("stopped in 0.3 s, 12,345 records stored in this run; nothing is left\n", new DrainSummary { StoredRecords = 12_345, Elapsed = TimeSpan.FromSeconds(0.3) }.Render(TerminalStyle.Plain));

    [Fact]
    public void What_is_left_is_named() =>
        Assert.Equal("""
            stopped in 10.0 s, 1 record stored in this run
              no answer  1.2 MiB were under way when time ran out; they are sent again under the same ids
              held       shop, payments
              backlog    30 MiB in 2 files not stored yet
                           20 MiB  /var/log/b
                           10 MiB  /var/log/a
              open       the last record's end has not shown: /var/log/a
              The next run goes on from the last durable position.

            """, new DrainSummary
            {
                StoredRecords = 1,
                Elapsed = TimeSpan.FromSeconds(10),
                UnansweredBytes = 1_250_000,
                HeldTenants = ["shop", "payments"],
                Backlog = [new FileBacklog("/var/log/a", 10 << 20), new FileBacklog("/var/log/b", 20 << 20)],
                OpenRecords = ["/var/log/a"],
            }.Render(TerminalStyle.Plain));

    [Fact]
    public void Open_records_of_many_files_are_one_line() =>
        Assert.Contains("  open       the last record's end has not shown in 3 files: /a and 2 more\n", new DrainSummary
        {
            StoredRecords = 1,
            Elapsed = TimeSpan.FromSeconds(1),
            OpenRecords = ["/a", "/b", "/c"],
        }.Render(TerminalStyle.Plain), StringComparison.Ordinal);

    [Fact]
    public void What_was_never_sent_was_not_under_way()
    {
        string text = new DrainSummary { StoredRecords = 0, Elapsed = TimeSpan.FromSeconds(1), UnsentBytes = 1_250_000 }.Render(TerminalStyle.Plain);
        Assert.Contains("  not sent   1.2 MiB that waited for the store, which was never ready\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("under way", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_could_not_be_opened_are_not_passed_over() =>
        Assert.Contains("  not read   3 KiB in 2 files that could not be opened: /var/log/a, /var/log/b\n", new DrainSummary
        {
            StoredRecords = 1,
            Elapsed = TimeSpan.FromSeconds(1),
            Refused = [new FileBacklog("/var/log/a", 1024), new FileBacklog("/var/log/b", 2048)],
        }.Render(TerminalStyle.Plain), StringComparison.Ordinal);
}
