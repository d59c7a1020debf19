using System.Text;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Joining;

public class RecordJoinerTests
{
    private const long Second = 1_000_000_000;

    private static string[] Texts(EntryStream stream, JoiningRule? rule = null) => [.. stream.Join(rule ?? Rules.Of()).Select(r => r.Text)];

    private static EntryStream Lines(params string[] lines)
    {
        var stream = new EntryStream();
        foreach (string line in lines) stream.Add(line);
        return stream;
    }

    [Fact]
    public void Parts_of_a_line_are_put_together_per_sub_stream()
    {
        EntryStream stream = new EntryStream()
            .Add("out1 ", SubStream.Stdout, EntryFlags.Partial).Add("err1 ", SubStream.Stderr, EntryFlags.Partial)
            .Add("", SubStream.Stdout, EntryFlags.Partial).Add("err2", SubStream.Stderr).Add("out2", SubStream.Stdout);
        List<CollectedRecord> records = stream.Join(Rules.Of("none"));
        Assert.Equal(["err1 err2", "out1 out2"], records.Select(r => r.Text));
        Assert.Equal([2, 3], records.Select(r => r.Lines));
        Assert.Equal([89, 129], records.Select(r => r.SourceLengthBytes));
    }

    [Fact]
    public void A_trace_is_not_cut_by_lines_of_the_other_sub_stream()
    {
        EntryStream stream = new EntryStream()
            .Add("2026 ERROR x", SubStream.Stderr).Add("2026 INFO a").Add("\tat a.B.c(D.java:1)", SubStream.Stderr).Add("2026 INFO b").Add("\tat a.B.d(D.java:2)", SubStream.Stderr);
        Assert.Contains("2026 ERROR x\n\tat a.B.c(D.java:1)\n\tat a.B.d(D.java:2)", Texts(stream));
    }

    [Fact]
    public void A_record_that_spans_files_begins_in_the_first()
    {
        EntryStream stream = new EntryStream().Add("head ", flags: EntryFlags.Partial);
        stream.NextFile();
        stream.Add("tail");
        CollectedRecord record = Assert.Single(stream.Join(Rules.Of()));
        Assert.Equal((new StreamPosition(0, 0), 89L, "head tail"), (record.Start, record.SourceLengthBytes, record.Text));
    }

    [Fact]
    public void A_last_part_without_its_end_is_a_record_once_the_stream_has_ended()
    {
        CollectedRecord record = Assert.Single(new EntryStream().Add("no newline", flags: EntryFlags.Partial).Join(Rules.Of("none")));
        Assert.Equal(("no newline", RecordFlags.Unterminated), (record.Text, record.Flags));
    }

    [Fact]
    public void A_line_over_its_limit_is_cut_between_parts_and_its_rest_is_marked()
    {
        EntryStream stream = new EntryStream()
            .Add("aaaa", flags: EntryFlags.Partial).Add("bbbb", flags: EntryFlags.Partial).Add("cccc", flags: EntryFlags.Partial).Add("dddd", flags: EntryFlags.Partial).Add("e").Add("next");
        List<CollectedRecord> records = stream.Join(Rules.Of("none", maxLineBytes: 8));
        Assert.Equal(["aaaabbbb", "ccccdddd", "e", "next"], records.Select(r => r.Text));
        Assert.Equal([RecordFlags.Truncated, RecordFlags.Truncated | RecordFlags.Continued, RecordFlags.Continued, RecordFlags.None], records.Select(r => r.Flags));
    }

    [Fact]
    public void A_line_that_its_reader_cut_is_marked_the_same_way()
    {
        EntryStream stream = new EntryStream().Add("aaaa", flags: EntryFlags.Truncated | EntryFlags.Partial).Add("bbbb").Add("next");
        List<CollectedRecord> records = stream.Join(Rules.Of());
        Assert.Equal(["aaaa", "bbbb", "next"], records.Select(r => r.Text));
        Assert.Equal([RecordFlags.Truncated, RecordFlags.Continued, RecordFlags.None], records.Select(r => r.Flags));
    }

    [Fact]
    public void Frames_behind_a_cut_header_go_on_with_its_rest()
    {
        EntryStream stream = new EntryStream().Add("java.lang.X: long", flags: EntryFlags.Truncated).Add(" message").Add("\tat a.B.c(D.java:1)").Add("2026 INFO");
        Assert.Equal(["java.lang.X: long", " message\n\tat a.B.c(D.java:1)", "2026 INFO"], Texts(stream));
    }

    [Fact]
    public void A_record_over_its_lines_is_cut_and_goes_on_in_the_next()
    {
        List<CollectedRecord> records = Lines("Traceback (most recent call last):", "  File \"a\"", "  File \"b\"", "  File \"c\"", "ValueError: x", "2026 INFO").Join(Rules.Of(maxLines: 2));
        Assert.Equal(["Traceback (most recent call last):\n  File \"a\"", "  File \"b\"\n  File \"c\"", "ValueError: x", "2026 INFO"], records.Select(r => r.Text));
        Assert.Equal([RecordFlags.Truncated, RecordFlags.Truncated | RecordFlags.Continued, RecordFlags.Continued, RecordFlags.None], records.Select(r => r.Flags));
    }

    [Fact]
    public void A_record_over_its_bytes_is_cut()
    {
        Assert.Equal(["2026 x\n\tat a", "\tat b\n\tat c", "2026 y"], Texts(Lines("2026 x", "\tat a", "\tat b", "\tat c", "2026 y"), Rules.Of(maxBytes: 12)));
    }

    [Fact]
    public void A_line_that_fits_no_grammar_disturbs_nobody()
    {
        EntryStream stream = new EntryStream()
            .Add("2026 x").Add("par", SubStream.Stderr, EntryFlags.Partial).Add("garbage", SubStream.None, EntryFlags.FormatError).Add("\tat garbage", SubStream.None, EntryFlags.FormatError)
            .Add("\tat a.B.c(D.java:1)").Add("tial", SubStream.Stderr);
        List<CollectedRecord> records = stream.Join(Rules.Of());
        Assert.Equal(["garbage", "\tat garbage"], records.Where(r => r.Flags == RecordFlags.FormatError).Select(r => r.Text));
        Assert.Equal(["2026 x\n\tat a.B.c(D.java:1)", "partial"], records.Where(r => r.Flags == RecordFlags.None).Select(r => r.Text));
    }

    [Fact]
    public void A_gap_between_timestamps_ends_a_record_and_a_step_back_does_not()
    {
        EntryStream stream = new EntryStream()
            .Add("2026 x", time: 10 * Second).Add("\tat a", time: 11 * Second).Add("\tat b", time: 5 * Second).Add("\tat c", time: (6 * Second) + 1).Add("\tat d").Add("\tat e", time: 60 * Second);
        Assert.Equal(["2026 x\n\tat a\n\tat b", "\tat c\n\tat d\n\tat e"], Texts(stream));
    }

    [Fact]
    public void A_gap_inside_a_line_cuts_nothing()
    {
        EntryStream stream = new EntryStream().Add("a", flags: EntryFlags.Partial, time: Second).Add("b", time: 100 * Second);
        Assert.Equal(["ab"], Texts(stream));
    }

    [Theory]
    [InlineData("plain", "   leading spaces", " ", "\t", "", "", "more")]
    [InlineData("null", "  {\"indented\":true}", "{\"a\":1}", "{\"b\":2}", "[1]")]
    [InlineData(" 12:00:01 INFO a", " 12:00:02 INFO b", "  9:15:02 c")]
    [InlineData("2026-11-20 INFO x", " 2026-11-20 12:00:01 INFO right aligned")]
    [InlineData("server.start", "java.lang.X: no frame", "some text", "example.com", "future: <x>", "done")]
    [InlineData("/app/x.js:27", "not source", "nor caret")]
    [InlineData("disk.Usage (80): high", "disk.Usage (80%): high", "disk.Usage (): none", "disk.Usage (0x): none", "disk.Usage (80", "done")]
    [InlineData("a", "", "b", "", "", "c")]
    [InlineData("goroutine leak", "panic room", "Traceback", "at the end", "#1 thing", "- item", "} alone", "Next step")]
    [InlineData("KeyError: 'a'", "ValueError: b", "Error: c")]
    [InlineData("Traceback (most recent call last) is what Python says", "2026 INFO")]
    public void Auto_leaves_single_lines_alone(params string[] lines) => Assert.Equal(lines, Texts(Lines(lines)));

    [Theory]
    [InlineData("{", "  \"a\": 1", "}")]
    [InlineData("2026-11-20 INFO config:", "  a: 1", "", "  b: 2")]
    [InlineData("2026-11-20 ERROR x", "java.lang.X: several", "  lines of message", "\tat a.B(C.java:1)")]
    [InlineData("2026-11-20 ERROR x", "System.Net.Sockets.SocketException (111): Connection refused", "   at System.Net.Sockets.Socket.Connect(EndPoint remote)")]
    [InlineData("2026-11-20 ERROR x", "System.Runtime.InteropServices.COMException (0x800706BA): The RPC server is unavailable.", "   at A.B()")]
    [InlineData("2026-11-20T14:00:00Z\tERROR\tmsg", "main.main", "\t/src/main.go:14", "runtime.main", "\t/go/src/proc.go:250")]
    [InlineData("2026/11/20 14:04:03 http: panic serving 10.0.0.1:5: x", "goroutine 7 [running]:", "net/http.(*conn).serve.func1()", "\t/go/src/net/http/server.go:1868 +0xb9")]
    [InlineData("/app/x.js:1", "throw new Error('x')", "^", "", "Error: x", "    at Object.<anonymous> (/app/x.js:1:7)", "", "Node.js v20.1.0")]
    [InlineData("Error: Cannot find module 'x'", "Require stack:", "- /app/a.js", "    at Module._resolve (node:internal/x:1:2)")]
    [InlineData("[2026-11-20 14:07:02] production.ERROR: x {\"exception\":\"[object] (E at /a.php:1)", "[stacktrace]", "#0 /a.php(1): b()", "#1 {main}", "\"} ")]
    [InlineData("[20-Nov-2026 14:07:02 UTC] PHP Warning:  x", "[20-Nov-2026 14:07:02 UTC] PHP Stack trace:", "[20-Nov-2026 14:07:02 UTC] PHP   1. {main}() /a.php:0")]
    [InlineData("ActionController::RoutingError (No route matches):", "", "app/controllers/x.rb:4:in `show'", "app/y.rb:1:in 'A#b'")]
    [InlineData("Fatal Python error: Segmentation fault", "", "Current thread 0x00007f (most recent call first):", "  File \"a.py\", line 1 in f")]
    [InlineData("  File \"x.py\", line 1", "    foo bar", "        ^^^", "SyntaxError: invalid syntax")]
    [InlineData("  + Exception Group Traceback (most recent call last):", "  |   File \"a\", line 1", "  | ExceptionGroup: x (2 sub-exceptions)", "  +-+---------------- 1 ----------------", "    | ValueError: 1", "    +------------------------------------")]
    [InlineData("2026-11-20 INFO here", "Stack (most recent call last):", "  File \"a\", line 1, in f", "    g()")]
    [InlineData("Traceback (most recent call last):", "  File \"a\"", "A: x", "", "The above exception was the direct cause of the following exception:", "", "Traceback (most recent call last):", "  File \"b\"", "B")]
    public void Auto_joins_what_belongs_together(params string[] lines)
    {
        Assert.Equal([string.Join('\n', lines), "2026 INFO next"], Texts(Lines([.. lines, "2026 INFO next"])));
    }

    [Theory]
    [InlineData("2026 ERROR x", "", "org.springframework.dao.E: could not execute [ERROR: deadlock", "  Detail: Process 214 waits", "Process 209 waits; blocked by process 214.] [update cart]", "\tat a.B(C.java:1)")]
    [InlineData("2026 ERROR x", "\tat a.B(C.java:1)", "Caused by: org.postgresql.util.E: ERROR: deadlock", "  Detail: Process 214 waits", "Process 209 waits", "  Hint: See server log", "\tat d.E(F.java:2)", "\t... 3 more")]
    [InlineData("2026 ERROR x", "org.apache.ibatis.E: ", "### Error querying database.", "### The error may exist in Mapper.xml", "### SQL: select 1", "; bad SQL grammar []", "\tat a.B(C.java:1)")]
    [InlineData("Exception in thread \"main\" java.lang.E: first", "", "\tat a.B(C.java:1)")]
    [InlineData("Exception in thread \"main\" java.lang.E: first", "  second", "third", "", "fifth", "\tat a.B(C.java:1)")]
    [InlineData("2026 ERROR x", "System.InvalidOperationException: outer", " ---> System.IO.IOException: inner", "of several lines", "   at A.B()", "   --- End of inner exception stack trace ---", "   at C.D()")]
    public void A_message_of_several_lines_belongs_to_its_exception(params string[] lines) =>
        Assert.Equal([string.Join('\n', lines), "2026 INFO next"], Texts(Lines([.. lines, "2026 INFO next"])));

    [Theory]
    [InlineData("2026 ERROR x", "java.lang.E: y", "text", "", "more", "2026 INFO z")]
    [InlineData("java.lang.E: y", "text", "ERROR: not of it", "more text")]
    [InlineData("java.lang.E: y", "text", "java.lang.F: z", "text")]
    [InlineData("java.lang.E: y", "text", "{\"a\":1}", "text", "12 text")]
    public void Lines_behind_an_exception_without_frames_are_left_alone(params string[] lines) => Assert.Equal(lines, Texts(Lines(lines)));

    [Fact]
    public void A_log_line_ends_the_message_before_it()
    {
        Assert.Equal(["java.lang.E: y", "text", "2026 ERROR x\n\tat a.B(C.java:1)"], Texts(Lines("java.lang.E: y", "text", "2026 ERROR x", "\tat a.B(C.java:1)")));
    }

    [Fact]
    public void A_message_waits_for_its_frames_only_so_long()
    {
        string[] message = [.. Enumerable.Range(1, 40).Select(i => $"line {i}")];
        List<string> records = [.. Texts(Lines(["2026 ERROR x", "java.lang.E: y", .. message, "\tat a.B(C.java:1)"]))];
        Assert.Equal(["2026 ERROR x", "java.lang.E: y", .. message[..^1], "line 40\n\tat a.B(C.java:1)"], records);
    }

    [Fact]
    public void Undecided_lines_hold_the_position_until_content_decides()
    {
        EntryStream stream = Lines("2026 ERROR x", "", "java.lang.X: y");
        var records = new List<CollectedRecord>();
        var joiner = new RecordJoiner(Rules.Of());
        stream.Feed(joiner, records, 0, 3, () => 1);
        Assert.Empty(records);
        Assert.Equal(stream.StartOf(0), joiner.PendingStart(SubStream.Stdout));
        Assert.Equal(stream.EndOf(2), joiner.PendingEnd(SubStream.Stdout));
        Assert.True(joiner.CanCut(SubStream.Stdout));
        var sink = new RecordCollector(records);
        joiner.Cut(SubStream.Stdout, ref sink);
        Assert.Equal(["2026 ERROR x", "", "java.lang.X: y"], records.Select(r => r.Text));
        Assert.False(joiner.HasPending(SubStream.Stdout));
        Assert.Null(joiner.PendingStart(SubStream.Stdout));
        Assert.Null(joiner.PendingEnd(SubStream.Stdout));
        Assert.False(joiner.CanCut(SubStream.Stdout));
        Assert.Equal(default, joiner.State(SubStream.Stdout));
    }

    [Fact]
    public void Silence_cannot_cut_inside_a_line_but_a_change_of_rule_can()
    {
        EntryStream stream = new EntryStream().Add("a", flags: EntryFlags.Partial).Add("b");
        var records = new List<CollectedRecord>();
        var joiner = new RecordJoiner(Rules.Of());
        stream.Feed(joiner, records, 0, 1, () => 1);
        Assert.False(joiner.CanCut(SubStream.Stdout));
        var sink = new RecordCollector(records);
        joiner.Cut(SubStream.Stdout, ref sink);
        Assert.True(joiner.State(SubStream.Stdout).Has(LaneState.InsideCutLine));
        var next = new RecordJoiner(Rules.Of("none"));
        next.Restore(SubStream.Stdout, joiner.State(SubStream.Stdout));
        stream.Feed(next, records, 1, 2, () => 1);
        next.End(ref sink);
        Assert.Equal([("a", RecordFlags.Truncated), ("b", RecordFlags.Continued)], records.Select(r => (r.Text, r.Flags)));
    }

    [Fact]
    public void A_stored_record_shorter_than_the_rules_leaves_its_rest_as_a_record()
    {
        EntryStream stream = Lines("2026 x", "\tat a", "\tat b", "\tat c");
        var records = new List<CollectedRecord>();
        var joiner = new RecordJoiner(Rules.Of());
        joiner.ExpectExtent(SubStream.Stdout, stream.StartOf(0), stream.EndOf(1).OffsetBytes);
        stream.Feed(joiner, records, 0, 4, () => 1);
        var sink = new RecordCollector(records);
        joiner.End(ref sink);
        Assert.Equal(["2026 x\n\tat a", "\tat b\n\tat c"], records.Select(r => r.Text));
    }

    [Fact]
    public void Behind_a_stored_record_longer_than_the_rules_joining_goes_on_at_its_end_in_the_next_file()
    {
        EntryStream stream = Lines("2026 x", "2026 y");
        stream.NextFile();
        stream.Add("2026 z").Add("\tat a").Add("2026 w");
        long length = stream.EndOf(1).OffsetBytes + stream.EndOf(2).OffsetBytes;
        var records = new List<CollectedRecord>();
        var joiner = new RecordJoiner(Rules.Of());
        joiner.ExpectExtent(SubStream.Stdout, stream.StartOf(0), length);
        stream.Feed(joiner, records, 0, 5, () => 2);
        var sink = new RecordCollector(records);
        joiner.End(ref sink);
        Assert.Equal(["2026 x\n2026 y\n2026 z", "\tat a", "2026 w"], records.Select(r => r.Text));
    }

    [Fact]
    public void Where_the_end_of_a_stored_record_is_not_on_disk_any_more_what_is_left_of_it_is_that_record()
    {
        EntryStream stream = Lines("2026 x", "\tat a");
        long length = stream.EndOf(1).OffsetBytes + 100;
        var records = new List<CollectedRecord>();
        var joiner = new RecordJoiner(Rules.Of());
        joiner.ExpectExtent(SubStream.Stdout, stream.StartOf(0), length);
        stream.Feed(joiner, records, 0, 2, () => 2);
        var sink = new RecordCollector(records);
        joiner.End(SubStream.Stdout, ref sink);
        Assert.Equal([("2026 x\n\tat a", length)], records.Select(r => (r.Text, r.SourceLengthBytes)));
    }

    [Fact]
    public void An_extent_that_no_entry_ends_at_is_ignored()
    {
        EntryStream stream = Lines("2026 x", "\tat a", "2026 y");
        var records = new List<CollectedRecord>();
        var joiner = new RecordJoiner(Rules.Of());
        joiner.ExpectExtent(SubStream.Stdout, stream.StartOf(0), stream.EndOf(0).OffsetBytes + 1);
        stream.Feed(joiner, records, 0, 3, () => 2);
        var sink = new RecordCollector(records);
        joiner.End(ref sink);
        Assert.Equal(["2026 x\n\tat a", "2026 y"], records.Select(r => r.Text));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("auto")]
    public void A_record_of_one_line_is_handed_on_in_the_chunk_itself(string preset)
    {
        byte[] chunk = Encoding.UTF8.GetBytes("2026 INFO a|2026 INFO b|2026 INFO c|");
        var joiner = new RecordJoiner(Rules.Of(preset));
        int inChunk = 0;
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            var sink = new InChunkCounter(chunk, ref inChunk);
            for (int i = 0; i < 3; i++)
            {
                joiner.Add(new LogEntry { SubStream = SubStream.Stdout, OffsetBytes = i * 12, LengthBytes = 12, TextStart = i * 12, TextLength = 11 }, chunk, round, ref sink);
            }

            joiner.EndChunk(chunk);
        }

        long after = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(preset == "none" ? 9 : 6, inChunk);
        Assert.Equal(before, after);
    }

    [Fact]
    public void What_is_pending_in_a_chunk_cannot_be_ended_before_the_chunk_is()
    {
        byte[] chunk = "2026 INFO a"u8.ToArray();
        var records = new List<CollectedRecord>();
        var sink = new RecordCollector(records);
        var joiner = new RecordJoiner(Rules.Of());
        joiner.Add(new LogEntry { SubStream = SubStream.Stdout, LengthBytes = 12, TextLength = 11 }, chunk, 0, ref sink);
        Assert.Throws<InvalidOperationException>(() => joiner.Cut(SubStream.Stdout, ref sink));
        joiner.EndChunk(chunk);
        joiner.Cut(SubStream.Stdout, ref sink);
        Assert.Single(records);
    }

    private readonly ref struct InChunkCounter(ReadOnlySpan<byte> chunk, ref int count) : IRecordSink
    {
        private readonly ReadOnlySpan<byte> _chunk = chunk;
        private readonly ref int _count = ref count;

        public void Accept(in JoinedRecord record)
        {
            if (_chunk.Overlaps(record.Text)) _count++;
        }
    }
}
