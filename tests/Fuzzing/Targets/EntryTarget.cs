using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LogPipeline.Formats;
using LogPipeline.Sources;
using LogPipeline.Tests.Engine;
using LogPipeline.Tests.Formats;

namespace LogPipeline.Tests.Targets;

/// <summary>
/// Lines of a log file. The entries tile the file, end where lines end, do not depend on where chunks are cut, on what lies around the chunk, or on what is
/// read before them; and a line that a strict reading of the grammar takes is taken with the same text.
/// </summary>
internal sealed partial class EntryTarget(string name, LogFormat format) : FuzzTarget
{
    private const int Guard = 32;

    public override string Name => name;

    public override IReadOnlyList<string> Tokens => format switch
    {
        LogFormat.Cri => ["\n", "\r\n", " stdout F ", " stderr P ", " stdout P:a:b ", "2026-11-20T16:40:10.123456789Z ", "2026-11-20T16:40:10+02:00 ", "\0", "ä", "\u2028", "F", " "],
        LogFormat.Docker => ["\n", "\\n", "\\r\\n", "\\u0000", "\\ud83e\\udd94", "\\ud83e", "\"log\":", "\"stream\":\"stderr\"", "\"time\":", "{", "}", "[", "]", "\"", "\\", "null", "{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T16:40:10Z\"}\n", "ä"],
        _ => ["\n", "\r\n", "\r", "\0", "ä", "🦔"],
    };

    public override void Check(byte[] input, Random random)
    {
        int maxLineBytes = random.Next(3) == 0 ? random.Next(EntryReader.MinLineBytes, 64) : 1 << 20;
        List<ReadEntry> whole = EntryReading.ReadWhole(format, input, maxLineBytes);
        CheckTiling(input, whole, new EntryReader(format, maxLineBytes).MaxPhysicalLineBytes);
        for (int cuts = 0; cuts < 3; cuts++)
            Hold(whole.SequenceEqual(EntryReading.ReadInRandomChunks(format, input, random, maxLineBytes)), "the entries depend on where the chunks are cut");
        foreach (byte guard in "\n\"Z0\\ "u8) Hold(whole.SequenceEqual(ReadGuarded(input, guard, maxLineBytes)), "the entries depend on what lies around the chunk");
        foreach (ReadEntry entry in whole.Where(entry => !entry.Has(EntryFlags.Truncated))) CheckGrammar(input.AsSpan((int)entry.OffsetBytes, entry.LengthBytes), entry);
    }

    private static void CheckTiling(byte[] input, List<ReadEntry> entries, int maxLineBytes)
    {
        long at = 0;
        foreach (ReadEntry entry in entries)
        {
            Hold(entry.OffsetBytes == at && entry.LengthBytes > 0, $"a hole or an overlap before offset {entry.OffsetBytes}");
            at += entry.LengthBytes;
            ReadOnlySpan<byte> line = input.AsSpan((int)entry.OffsetBytes, entry.LengthBytes);
            int newline = line.IndexOf((byte)'\n');
            Hold(newline < 0 || newline == line.Length - 1, "an entry of two lines");
            Hold(newline >= 0 || at == input.Length || entry.Has(EntryFlags.Truncated), "an entry that ends within a line");
            Hold(entry.LengthBytes <= maxLineBytes + 1, "a line beyond the limit");
            Hold(entry.Text.Length <= entry.LengthBytes, "more text than bytes");
        }
        Hold(at == input.Length, $"{input.Length - at} bytes are in no entry");
    }

    private List<ReadEntry> ReadGuarded(byte[] input, byte guard, int maxLineBytes)
    {
        byte[] memory = [.. Enumerable.Repeat(guard, Guard), .. input, .. Enumerable.Repeat(guard, Guard)];
        Span<byte> chunk = memory.AsSpan(Guard, input.Length);
        var reader = new EntryReader(format, maxLineBytes);
        var entries = new List<ReadEntry>();
        int position = 0;
        LogEntry entry = default;
        while (reader.TryRead(chunk, ref position, 0, endOfFile: true, ref entry)) entries.Add(EntryReading.Copy(entry, chunk));
        Hold(!memory.AsSpan(0, Guard).ContainsAnyExcept(guard) && !memory.AsSpan(Guard + input.Length).ContainsAnyExcept(guard), "written outside the chunk");
        return entries;
    }

    private void CheckGrammar(ReadOnlySpan<byte> bytes, ReadEntry entry)
    {
        if (bytes.EndsWith("\n"u8)) bytes = bytes[..^1];
        if (format == LogFormat.Cri) CheckCri(Encoding.Latin1.GetString(bytes), entry);
        else if (format == LogFormat.Docker) CheckDocker(bytes, entry);
    }

    private static void CheckCri(string line, ReadEntry entry)
    {
        Match match = StrictCri().Match(line);
        if (!match.Success || !DateTimeOffset.TryParse(match.Groups["time"].Value, System.Globalization.CultureInfo.InvariantCulture, out _)) return;
        Hold(!entry.Has(EntryFlags.FormatError), "a line of the grammar is refused");
        Hold(entry.Text == match.Groups["text"].Value, "another text than the grammar's");
        Hold(entry.Has(EntryFlags.Partial) == (match.Groups["flag"].Value == "P"), "another flag than the line's");
        Hold(entry.SubStream == (match.Groups["stream"].Value == "stdout" ? SubStream.Stdout : SubStream.Stderr), "another stream than the line's");
    }

    // What is JSON without anything odd (one member of each name, whole characters) says the same to every parser.
    private static void CheckDocker(ReadOnlySpan<byte> line, ReadEntry entry)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.ToArray());
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || root.EnumerateObject().GroupBy(member => member.Name).Any(same => same.Count() > 1)) return;
            if (root.EnumerateObject().Any(member => member.Name is not ("log" or "stream" or "time"))) return;
            if (!root.TryGetProperty("log", out JsonElement log) || !root.TryGetProperty("stream", out JsonElement stream) || !root.TryGetProperty("time", out JsonElement time)) return;
            if (log.ValueKind != JsonValueKind.String || stream.ValueKind != JsonValueKind.String || time.ValueKind != JsonValueKind.String) return;
            if (stream.GetString() is not ("stdout" or "stderr") || !StrictTime().IsMatch(time.GetString()!) || !time.TryGetDateTimeOffset(out _)) return;
            string text = log.GetString()!;
            Hold(!entry.Has(EntryFlags.FormatError), "a line of the grammar is refused");
            Hold(entry.Has(EntryFlags.Partial) == !text.EndsWith('\n'), "partial or not, against the text's end");
            if (text.EndsWith('\n')) text = text[..^1];
            if (!entry.Has(EntryFlags.Partial) && text.EndsWith('\r')) text = text[..^1];
            Hold(Encoding.UTF8.GetString(entry.TextBytes) == text, "another text than JSON's");
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            // no JSON, or half a surrogate: nothing to compare with
        }
    }

    // Years that nanoseconds since 1970 in 64 bits can hold.
    [GeneratedRegex(@"^(?<time>(197|198|199|20[0-9]|21[0-9])[0-9]-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,7})?(Z|[+-][01][0-9]:[0-5][0-9])) (?<stream>stdout|stderr) (?<flag>[PF]) (?<text>.*)\z", RegexOptions.Singleline)]
    private static partial Regex StrictCri();

    [GeneratedRegex(@"^(197|198|199|20[0-9]|21[0-9])[0-9]-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,7})?Z\z")]
    private static partial Regex StrictTime();
}
