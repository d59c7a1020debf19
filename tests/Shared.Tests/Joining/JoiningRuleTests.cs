using LogPipeline.Configuration;
using LogPipeline.Joining;

namespace LogPipeline.Tests.Joining;

public class JoiningRuleTests
{
    [Fact]
    public void The_text_of_a_rule_is_pinned()
    {
        Assert.Equal(
            "joining/2 preset=auto max_lines=2000 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01",
            JoiningRule.Create(new JoiningOptions(), 1 << 20).ToString());
        Assert.Equal(
            "joining/2 preset=pattern start=\"^\\u005cd+ \\u0022\\u00e9\" end=\"\" max_lines=5 max_bytes=2000 max_line_bytes=1048576 flush_after=00:00:00.2500000",
            Rules.Of(start: "^\\d+ \"é", end: "", maxLines: 5, maxBytes: 2_000, flushAfterSeconds: 0.25).ToString());
    }

    [Fact]
    public void A_rule_survives_its_text()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int i = 0; i < 200; i++)
        {
            JoiningRule rule = random.Next(2) == 0 ? RandomEntries.Rule(random) : Rules.Of(
                start: new string([.. Enumerable.Range(0, random.Next(9)).Select(_ => "\"ab \\\\é\n日="[random.Next(10)])]).Replace("\\", "\\\\", StringComparison.Ordinal),
                maxLines: random.Next(1, 100_001), maxBytes: random.Next(1, 16 << 20), flushAfterSeconds: random.Next(1, 3600) + 0.125);
            JoiningRule read = JoiningRule.Parse(rule.ToString());
            Assert.True(rule.Equals(read), $"seed {seed}: {rule}");
            Assert.Equal(rule.ToString(), read.ToString());
            Assert.Equal((rule.MaxLines, rule.MaxBytes, rule.MaxLineBytes, rule.FlushAfter, rule.JoinsLines), (read.MaxLines, read.MaxBytes, read.MaxLineBytes, read.FlushAfter, read.JoinsLines));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("joining/0 preset=auto max_lines=2000 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01")]
    [InlineData("joining/3 preset=auto max_lines=2000 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01")]
    [InlineData("joining/1 preset=cobol max_lines=2000 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01")]
    [InlineData("joining/1 preset=pattern max_lines=2000 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01")]
    [InlineData("joining/1 preset=auto start=\"a\" max_lines=2000 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01")]
    [InlineData("joining/1 preset=pattern start=\"a max_lines=2000 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01")]
    [InlineData("joining/1 preset=pattern start=\"\\u00\" max_lines=2000 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01")]
    [InlineData("joining/1 preset=auto max_lines=02000 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01")]
    [InlineData("joining/1 preset=auto max_lines=0 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01")]
    [InlineData("joining/1 preset=auto max_lines=2000 max_bytes=1048576 max_line_bytes=1048576 flush_after=1s")]
    [InlineData("joining/1 preset=auto max_lines=2000 max_bytes=1048576 max_line_bytes=1048576 flush_after=00:00:01 ")]
    [InlineData("joining/1 preset=auto max_lines=2000 max_bytes=1048576")]
    public void Another_text_is_no_rule(string text)
    {
        Assert.False(JoiningRule.TryParse(text, out _, out string error));
        Assert.NotEqual("", error);
        Assert.Throws<FormatException>(() => JoiningRule.Parse(text));
    }

    [Fact]
    public void A_rule_that_an_earlier_version_recorded_joins_as_it_did()
    {
        string[] lines = ["2026 ERROR x", "java.sql.E: deadlock", "Process 209 waits", "\tat a.B(C.java:1)", "2026 INFO next"];
        string text = Rules.Of().ToString();
        Assert.Equal(["2026 ERROR x|java.sql.E: deadlock|Process 209 waits|\tat a.B(C.java:1)", "2026 INFO next"], Join(text));
        Assert.Equal(["2026 ERROR x", "java.sql.E: deadlock", "Process 209 waits|\tat a.B(C.java:1)", "2026 INFO next"], Join(text.Replace("joining/2", "joining/1", StringComparison.Ordinal)));

        IEnumerable<string> Join(string rule)
        {
            var stream = new EntryStream();
            foreach (string line in lines) stream.Add(line);
            return stream.Join(JoiningRule.Parse(rule)).Select(r => r.Text.Replace('\n', '|'));
        }
    }

    [Theory]
    [InlineData("(", "joining.start is no regular expression")]
    [InlineData("(?=a)", "joining.start cannot be matched in linear time")]
    [InlineData("(a)\\1", "joining.start cannot be matched in linear time")]
    public void A_pattern_that_cannot_be_used_is_named(string pattern, string expected)
    {
        Assert.False(JoiningRule.TryCreate(new JoiningOptions { Start = pattern }, 1 << 20, out _, out string error));
        Assert.StartsWith(expected, error);
    }

    [Theory]
    [InlineData("^\\d", null, null, "1 a|b|c", "2 d")]
    [InlineData(null, "^\\s|^Caused", null, "x", "1 a| b|Caused", "c", "d")]
    [InlineData(null, null, ";$", "a|b;", "c;", "d|e")]
    [InlineData("^BEGIN", null, "^END", "x", "BEGIN|a|END", "BEGIN|b", "BEGIN|END", "y|z")]
    [InlineData("^BEGIN", "^-", null, "BEGIN|-a", "x|-b", "y", "BEGIN")]
    [InlineData(null, "^-", "^END", "x|-a|END", "-b|END", "END")]
    [InlineData("^é+$", null, null, "éé|x", "é")]
    public void Own_patterns_begin_continue_and_end_records(string? start, string? next, string? end, params string[] records)
    {
        var stream = new EntryStream();
        foreach (string line in records.SelectMany(r => r.Split('|'))) stream.Add(line);
        IEnumerable<string> joined = stream.Join(Rules.Of(start: start, next: next, end: end))
            .Select(r => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(r.Text)).Replace('\n', '|'));
        Assert.Equal(records, joined);
    }
}
