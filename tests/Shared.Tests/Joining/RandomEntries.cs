using LogPipeline.Formats;

namespace LogPipeline.Tests.Joining;

/// <summary>Random streams that reach every corner of the joiner: interleaved lanes, parts, traces, gaps, huge lines, two files.</summary>
internal static class RandomEntries
{
    /// <summary>Lines of which traces are made, in an order that nothing guarantees.</summary>
    public static readonly string[] Lines =
    [
        "2026-11-20 14:02:11 INFO started", "[2026-11-20T14:05:00Z] up", "{\"level\":\"info\"}", "{", "}", "  \"a\": 1,", "plain words", "", "", " ", "\t",
        "java.lang.IllegalStateException: locked", "System.InvalidOperationException: none", "\tat com.example.A.b(A.java:1)", "   at System.Linq.First()",
        "\t... 12 more", "Caused by: java.io.IOException: x", "\tSuppressed: a.B", "Exception in thread \"main\" a.B: c", "   --- End of inner exception stack trace ---",
        "Traceback (most recent call last):", "  File \"/a.py\", line 1, in f", "    x = 1", "KeyError: 'a'", "worker.E: b", "KeyboardInterrupt",
        "During handling of the above exception, another exception occurred:", "future: <Task a>", "handle: <Handle b>", "Fatal Python error: Aborted", "Current thread 0x1 (most recent call first):",
        "panic: oh", "fatal error: deadlock", "[signal SIGSEGV: x]", "goroutine 7 [running]:", "main.main()", "main.main", "\t/src/main.go:14 +0x3b", "created by a.B in goroutine 1",
        "rax    0x0", "exit status 2", "/app/cart.js:27", "    throw e;", "throw e;", "    ^", "^", "TypeError: bad", "    at Cart.add (/a.js:1:2)", "Node.js v18.19.0", "(Use `node --x`)",
        "Require stack:", "- /app/x.js", "/a.rb:18:in `total'", "/a.rb:18:in `total': boom (X)", "\tfrom /a.rb:7:in `p'", "a/b.rb:1:in 'A#b'", "PHP Fatal error: x", "Stack trace:", "#0 /a.php(31): b()", "#1 {main}",
        "  thrown in /a.php on line 1", "PHP Stack trace:", "PHP   1. {main}() /a.php:0", "[20-Nov-2026 14:07:02 UTC] PHP   2. b()", "[stacktrace]", "\"} ", "Next E: x", "info: Shop[0]", "      text",
        "  2026-11-20 14:02:11 right aligned", "  {\"indented\":true}", "9digit.Foo: x", "1abc(x)", "é", "\x1b[32minfo",
        "Process 209 waits for ShareLock; blocked by process 214.", "  Detail: Process 214 waits", "### SQL: select 1", "; bad SQL grammar []", " ---> System.IO.E: y", "ERROR: at or near x",
    ];

    /// <summary>How exceptions with messages of several lines begin, go on and end.</summary>
    private static readonly string[][] s_messages =
    [
        ["2026-11-20 14:02:11 ERROR x", "plain words", "", "\tat com.example.A.b(A.java:1)"],
        ["java.sql.E: deadlock", "Caused by: a.B: c", "\tSuppressed: a.B: c", "Exception in thread \"main\" a.B: c", " ---> System.IO.E: y"],
        ["Process 209 waits", "  Detail: Process 214 waits", "### SQL: select 1", "; bad SQL grammar []", "", "java.sql.E: deadlock", "2026-11-20 14:02:11 INFO y"],
        ["\tat com.example.A.b(A.java:1)", "   at System.Linq.First()", "\t... 12 more"],
    ];

    private static readonly SubStream[] s_lanes = [SubStream.None, SubStream.Stdout, SubStream.Stderr];

    public static EntryStream Create(Random random, int count)
    {
        var stream = new EntryStream();
        long time = 1_795_190_000_000_000_000;
        int lanes = random.Next(1, 4);
        bool timed = random.Next(4) > 0;
        bool rough = random.Next(2) == 0;
        var message = new Queue<string>();
        for (int i = 0; i < count; i++)
        {
            if (random.Next(40) == 0) stream.NextFile();
            time += random.Next(12) switch { 0 => 2_500_000_000L, 1 => -3_000_000_000L, 2 => 1_000_000_000L, _ => random.Next(1_000_000) };
            if (message.Count == 0 && random.Next(8) == 0) EnqueueMessage(random, message);
            string text = message.Count > 0 ? message.Dequeue() : random.Next(30) == 0 ? new string('x', random.Next(1, 400)) : Lines[random.Next(Lines.Length)];
            EntryFlags flags = !rough ? EntryFlags.None : random.Next(20) switch
            {
                0 or 1 or 2 => EntryFlags.Partial,
                3 => EntryFlags.Truncated,
                4 => EntryFlags.Truncated | EntryFlags.Partial,
                5 => EntryFlags.FormatError,
                6 when random.Next(4) == 0 => EntryFlags.FormatError | EntryFlags.Truncated,
                _ => EntryFlags.None,
            };
            SubStream lane = (flags & EntryFlags.FormatError) != 0 ? SubStream.None : s_lanes[random.Next(3 - lanes, 3)];
            long stamp = timed && random.Next(20) > 0 ? time : LogEntry.NoTimestamp;
            stream.Add(text, lane, flags, stamp);
        }

        return stream;
    }

    private static void EnqueueMessage(Random random, Queue<string> message)
    {
        int[] counts = [random.Next(3), 1, random.Next(random.Next(4) == 0 ? 40 : 5), random.Next(3)];
        for (int part = 0; part < counts.Length; part++)
        {
            for (int i = 0; i < counts[part]; i++) message.Enqueue(s_messages[part][random.Next(s_messages[part].Length)]);
        }
    }

    public static LogPipeline.Joining.JoiningRule Rule(Random random) => random.Next(13) switch
    {
        0 => Rules.Of("none", maxLineBytes: random.Next(1, 300)),
        1 => Rules.Of("indented", maxLines: random.Next(1, 6)),
        2 => Rules.Of("auto", maxBytes: random.Next(1, 200), maxLineBytes: random.Next(1, 300)),
        3 => Rules.Of("auto", maxLines: random.Next(1, 5)),
        4 => Rules.Of(start: "^(2026|\\[)", maxLines: random.Next(1, 9)),
        5 => Rules.Of(next: "^\\s|^Caused", maxLineBytes: 120),
        6 => Rules.Of(end: "[:}]$"),
        7 => Rules.Of(start: "^\\{", end: "^\\}"),
        8 => Rules.Of(new[] { "java", "dotnet", "python", "go", "node", "ruby", "php" }[random.Next(7)], maxLines: 6),
        9 => LogPipeline.Joining.JoiningRule.Parse(Rules.Of("auto").ToString().Replace("joining/2", "joining/1", StringComparison.Ordinal)),
        _ => Rules.Of("auto"),
    };
}
