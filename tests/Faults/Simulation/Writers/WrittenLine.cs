using System.Text;
using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Simulation.Writers;

/// <summary>A physical line as it was written, told apart by means other than the product's.</summary>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">Its bytes, newline included.</param>
/// <param name="Lane">Its sub-stream.</param>
/// <param name="Text">What the application wrote.</param>
/// <param name="IsOpen">The line goes on in the next one of its sub-stream.</param>
/// <param name="Day">The UTC day of the runtime's timestamp; null where there is none.</param>
internal sealed record WrittenLine(int Start, int Length, SubStream Lane, string Text, bool IsOpen, DateOnly? Day)
{
    public int End => Start + Length;

    public static WrittenLine[] Split(LogFormat format, byte[] content)
    {
        var lines = new List<WrittenLine>();
        for (int start = 0; start < content.Length;)
        {
            int newline = Array.IndexOf(content, (byte)'\n', start);
            int end = newline < 0 ? content.Length : newline + 1;
            string text = Encoding.UTF8.GetString(content, start, (newline < 0 ? end : newline) - start);
            lines.Add(Parse(format, text, start, end - start));
            start = end;
        }
        return [.. lines];
    }

    private static WrittenLine Parse(LogFormat format, string text, int start, int length)
    {
        if (format == LogFormat.Cri && text.Split(' ', 4) is [_, "stdout" or "stderr", "P" or "F", _] parts)
            return new(start, length, LaneOf(parts[1]), parts[3], parts[2] == "P", DateOnly.ParseExact(parts[0][..10], "yyyy-MM-dd"));
        if (format == LogFormat.Docker)
        {
            using JsonDocument line = JsonDocument.Parse(text);
            string log = line.RootElement.GetProperty("log").GetString()!;
            return new(start, length, LaneOf(line.RootElement.GetProperty("stream").GetString()!), log.TrimEnd('\n'), !log.EndsWith('\n'), DateOnly.ParseExact(line.RootElement.GetProperty("time").GetString()![..10], "yyyy-MM-dd"));
        }
        return new(start, length, SubStream.None, text, false, null);
    }

    private static SubStream LaneOf(string name) => name == "stdout" ? SubStream.Stdout : SubStream.Stderr;
}
