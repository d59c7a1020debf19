using System.Globalization;
using System.Text;

namespace LogPipeline.Tests.Writing;

/// <summary>What programs write: lines, traces, JSON, blanks, other scripts, control characters, lines longer than a runtime's buffer.</summary>
internal sealed class LineText(Random random, string name)
{
    private int _count;

    /// <summary>A line that no other is like.</summary>
    public string NextHead(string level = "INFO") =>
        string.Create(CultureInfo.InvariantCulture, $"2026-11-20 16:40:{random.Next(60):D2}.{random.Next(1000):D3} {level} {name} line {_count++} {new string((char)('a' + (_count % 26)), random.Next(60))}");

    /// <summary>One line, or the lines of a trace.</summary>
    public string[] Next() => random.Next(16) switch
    {
        0 or 1 => Trace(),
        2 => ["\tat stray.Frame(S.java:" + _count++ + ")"],
        3 => [""],
        4 => [string.Create(CultureInfo.InvariantCulture, $"{{\"level\":\"warn\",\"msg\":\"order {_count++}\",\"user\":{random.Next(99)},\"tags\":[\"a\",\"b\"]}}")],
        5 => [NextHead() + " Größe 二行 🦔 \"quoted\" back\\slash <b>&amp;"],
        6 => [NextHead() + " \0\u0001\u001b[31mred\u001b[0m\ttab \u2028 end "],
        7 when random.Next(6) == 0 => [NextHead() + Long()],
        8 => [NextHead("ERROR") + " {not json"],
        _ => [NextHead()],
    };

    private string[] Trace()
    {
        var lines = new List<string> { NextHead("ERROR") + " request failed", "java.lang.IllegalStateException: broken " + _count };
        for (int frame = random.Next(1, 9); frame > 0; frame--) lines.Add($"\tat com.example.Shop.step{frame}(Shop.java:{_count})");
        if (random.Next(2) == 0) lines.AddRange(["Caused by: java.io.IOException: disk " + _count, $"\tat com.example.Disk.read(Disk.java:{_count})", "\t... 12 more"]);
        return [.. lines];
    }

    private string Long()
    {
        var text = new StringBuilder();
        for (int length = random.Next(8_000, 40_000); length > 0; length -= 4) text.Append(random.Next(3) == 0 ? "🦔é" : "long");
        return text.ToString();
    }
}
