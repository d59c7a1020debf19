using System.Globalization;
using System.Text;
using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Ledger.Whereabouts;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.Running.Auditing;

namespace LogPipeline.Local.Running.Explaining;

/// <summary>An explanation in words, for somebody who does not know the pipeline: the answer first, then the line, then what follows from it.</summary>
/// <param name="style">Colours or none.</param>
/// <param name="now">Tells the day of a pin from today.</param>
internal sealed class ExplainText(TerminalStyle style, DateTimeOffset now)
{
    private const int NameWidth = 10;

    private readonly StringBuilder _text = new();

    public string Render(Explanation explanation)
    {
        (string word, string sentence, bool wrong) = Answer(explanation);
        _text.Append(wrong ? style.Error(word) : style.Bold(word)).Append(sentence.Length > 0 ? ": " : "").Append(sentence).Append('\n');
        AddLine(explanation);
        AddRecord(explanation);
        AddFile(explanation);
        if (explanation.StoreSilence is { } silence) Row("store", $"does not answer: {silence}");
        if (Next(explanation) is { } next) Row("next", next);
        return _text.ToString();
    }

    private static (string Word, string Sentence, bool Wrong) Answer(Explanation explanation)
    {
        FoundRecord? record = explanation.Record;
        FileCheckpoint? file = explanation.File;
        bool counted = explanation.OffsetBytes < explanation.Evidence.DurableBytes;
        return explanation.Fate switch
        {
            LineFate.Stored => ("stored", $"in {record!.Index} under {record.Id}" + (counted || file is null ? "" : ", and not yet behind the durable position: after a crash it is read again and known by its id"), false),
            LineFate.Rejected => ("refused by the store", $"kept in {record!.Index} under {record.Id}", false),
            LineFate.Acknowledged => ("stored, says the ledger", "it is behind the durable position; in which index cannot be asked now (the store does not answer, or an index is closed)", false),
            LineFate.Dropped => ("dropped by tailing.from: end", $"reading of this file began behind it, at offset {Number(file!.DroppedBytes)}", false),
            LineFate.InFlight => ("in flight", "read, and on its way to the store", false),
            LineFate.Unread => ("unread", "on disk, and not read yet", false),
            LineFate.Unterminated => ("unread", "its line has no end yet: it is stored when its newline is written, or when its file has ended", false),
            LineFate.Destroyed => ("DESTROYED", Destroyed(explanation), true),
            LineFate.LeftBehind => ("NOT READ", $"it was written behind offset {Number(file!.SizeBytes)} after the file had been left for its successor; nothing will read it", true),
            LineFate.Expired => ("expired", $"it was stored, and {IndicesOf(explanation)} has been deleted since, or a part of it", true),
            LineFate.Missing => ("MISSING", $"the ledger has it as stored, and {IndicesOf(explanation)} does not hold it", true),
            LineFate.History => ("not read", "the file was rotated before this pipeline first ran here", true),
            LineFate.Unreadable => ("not read", $"the file cannot be read: {explanation.Hint}", true),
            LineFate.NotNamed => ("not read", "no source of this configuration names the file", true),
            LineFate.BehindTheEnd => ("no such place", EndOf(explanation), true),
            _ => ("unknown", explanation.Path.Length > 0 ? "the file is not on disk, the ledger never had it or has forgotten it, and the store has nothing of it" : "neither the ledger nor the store knows this id", true),
        };
    }

    private static string Destroyed(Explanation explanation)
    {
        FileCheckpoint file = explanation.File!;
        if (file.Gap) return $"rotation or deletion destroyed what lay behind offset {Number(file.ResumeOffsetBytes)} while nothing read it; at least {Number(Math.Max(0, file.SizeBytes - file.ResumeOffsetBytes))} bytes";
        if (file.LostBytes > 0) return $"{Number(file.LostBytes)} bytes behind offset {Number(file.SizeBytes)} were destroyed before they were read";
        return $"the file is gone, and was durable to offset {Number(file.ResumeOffsetBytes)} only; the next run reports the gap";
    }

    private static string EndOf(Explanation explanation)
    {
        long end = explanation.DiskBytes ?? explanation.File?.SizeBytes ?? 0;
        return explanation.DiskBytes is null && explanation.Evidence.FileOnDisk ? "the uncompressed content ends before it" : $"the file has {Number(end)} bytes";
    }

    private static string IndicesOf(Explanation explanation)
    {
        FileCheckpoint file = explanation.File!;
        int range = RangeCount.IndexOf(explanation.OffsetBytes);
        return range < file.Stored.Count && file.Stored[range].Records > 0 ? ExistingIndices.Describe(file, range, file.Stored[range]) : file.PinAt(explanation.OffsetBytes).IndexTemplate;
    }

    private void AddLine(Explanation explanation)
    {
        if (explanation.Line is not { } line) return;
        string lane = line.Lane switch { SubStream.Stdout => ", stdout", SubStream.Stderr => ", stderr", _ => "" };
        Row("line", $"offsets {Number(line.OffsetBytes)} to {Number(line.OffsetBytes + line.LengthBytes)}{lane}");
        Row("", Quote(line.Text));
    }

    private void AddRecord(Explanation explanation)
    {
        if (explanation.Record is not { } record) return;
        if (explanation.Fate == LineFate.Rejected) Row("because", VisibleText.Of(record.Text));
        string begins = explanation.BeginsIn is { } before ? $"begins at offset {Number(record.OffsetBytes)} of {before.Path}, the file before" : $"begins at offset {Number(record.OffsetBytes)}";
        Row("record", $"{begins}; {Number(record.LengthBytes)} bytes, {record.Timestamp}");
        if (explanation.Fate != LineFate.Rejected && record.Text.Split('\n')[0] is { } first && first != explanation.Line?.Text) Row("", Quote(first));
    }

    private void AddFile(Explanation explanation)
    {
        if (explanation.Path.Length == 0) return;
        string compressed = explanation.Evidence.FileOnDisk ? explanation.Path.EndsWith(".gz", StringComparison.Ordinal) ? ", compressed" : "" : ", which is gone";
        Row("file", explanation.Path + compressed);
        if (explanation.File is not { } file)
        {
            if (explanation.Evidence.FileOnDisk) Row("", "the ledger does not know it");
            return;
        }
        string size = explanation.DiskBytes is { } bytes ? $" of {Number(bytes)}" : "";
        Row("", $"log.file.id {file.Id}, tenant {file.PinAt(explanation.OffsetBytes).Tenant}, durable to offset {Number(explanation.Evidence.DurableBytes)}{size}{(file.Complete ? ", complete" : "")}");
        if (explanation.Fate is LineFate.InFlight or LineFate.Unread or LineFate.Unterminated) Row("", $"last checkpoint {Ago(file.LastSeenMillis)}");
    }

    private static string? Next(Explanation explanation)
    {
        switch (explanation.Fate)
        {
            case LineFate.Stored:
                return $"pipeline context {explanation.Record!.Id} shows the lines around it";
            case LineFate.Rejected:
                return "put right what it was refused for (mapping, limits); its bytes are in the dead letter";
            case LineFate.InFlight or LineFate.Unread or LineFate.Unterminated:
                return Waiting(explanation);
            case LineFate.Missing:
                return "pipeline audit --deep tells what else is; docs/audit.md, missing, what to do";
            case LineFate.Destroyed:
                return "nothing brings it back; docs/audit.md, lost and gap, how to have less of it";
            case LineFate.NotNamed:
                return "name it: --source, or sources in the configuration of the run";
            case LineFate.Unknown when explanation.Path.Length > 0:
                return "use the --config and --state of the run; the ledger forgets complete files a week after it last saw them";
            default:
                return null;
        }
    }

    private static string Waiting(Explanation explanation)
    {
        bool sent = explanation.File is { } file && explanation.OffsetBytes < file.HorizonBytes;
        if (explanation.Pipeline is not { } pipeline) return "no pipeline runs with this state directory; the next run reads it" + (sent ? ". The last one may have sent it: it is looked up by its id before it is sent again" : "");
        if (explanation.Process.HeldBecause is { } held) return $"{pipeline} runs, and the store refuses its tenant: {held}. It goes on by itself when that is put right";
        string behind = explanation.Process.ReadToBytes is { } read && read <= explanation.OffsetBytes ? $"; it has read to offset {Number(read)}" : "";
        return $"{pipeline} runs{behind}. Ask again in a moment; if it stays, its log and its page's health view say why";
    }

    private void Row(string name, string value) => _text.Append("  ").Append(style.Dim(name.PadRight(NameWidth))).Append(value).Append('\n');

    private string Ago(long unixMillis)
    {
        TimeSpan age = now - DateTimeOffset.FromUnixTimeMilliseconds(unixMillis);
        return age < TimeSpan.FromMinutes(2) ? $"{Math.Max(0, (long)age.TotalSeconds)} s ago" : age < TimeSpan.FromHours(2) ? $"{(long)age.TotalMinutes} min ago" : $"{(long)age.TotalHours} h ago";
    }

    private static string Quote(string text) => "\"" + VisibleText.Of(text) + "\"";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
