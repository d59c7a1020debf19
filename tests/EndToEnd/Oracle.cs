using LogPipeline.Tests.Storing;
using LogPipeline.Tests.Writing;

namespace LogPipeline.Tests;

/// <summary>Compares what was written with what is stored, sub-stream by sub-stream in the order of <c>log.sequence</c>, whatever the records' bounds.</summary>
internal static class Oracle
{
    /// <summary>What is lost, doubled, altered, out of order, with a wrong owner or in a wrong index; nothing of it when empty.</summary>
    public static List<string> Differences(IReadOnlyCollection<LogWriter> writers, IReadOnlyCollection<StoredDocument> stored)
    {
        var differences = new List<string>();
        foreach (IGrouping<string, StoredDocument> twice in stored.GroupBy(document => document.Id).Where(group => group.Count() > 1))
            differences.Add($"doubled: {twice.Key} is in {string.Join(" and ", twice.Select(document => document.Index))}");
        ILookup<string, StoredDocument> bySubStream = stored.ToLookup(document => document.SubStream);
        foreach (LogWriter writer in writers)
            foreach ((string name, WrittenLane lane) in writer.Lanes) Compare(name, lane, writer.Tenant, bySubStream[name], differences);
        var known = writers.SelectMany(writer => writer.Lanes.Keys).ToHashSet();
        foreach (IGrouping<string, StoredDocument> foreign in bySubStream.Where(group => !known.Contains(group.Key)))
            differences.Add($"{foreign.Count()} documents of {foreign.Key}, which nobody wrote");
        return differences;
    }

    private static void Compare(string name, WrittenLane lane, string tenant, IEnumerable<StoredDocument> unordered, List<string> differences)
    {
        List<StoredDocument> documents = [.. unordered.OrderBy(document => document.Sequence, StringComparer.Ordinal)];
        var stored = new List<string>();
        foreach (StoredDocument document in documents)
        {
            string[] lines = document.Text.Split('\n');
            if (document.Continued && stored.Count > 0) stored[^1] += lines[0];
            else
            {
                if (stored.Count < lane.Lines.Count) ComparePlace(name, lane.Lines[stored.Count], tenant, document, differences);
                stored.Add(lines[0]);
            }
            stored.AddRange(lines[1..]);
        }
        for (int line = 0; line < Math.Min(stored.Count, lane.Lines.Count); line++)
        {
            if (stored[line] == lane.Lines[line].Text) continue;
            differences.Add($"{name}: line {line} of {lane.Lines.Count} was written as \"{Short(lane.Lines[line].Text)}\" and stored as \"{Short(stored[line])}\" ({stored.Count} are stored)");
            return;
        }
        if (stored.Count < lane.Lines.Count) differences.Add($"{name}: lost {lane.Lines.Count - stored.Count} lines of {lane.Lines.Count}, the first \"{Short(lane.Lines[stored.Count].Text)}\"");
        if (stored.Count > lane.Lines.Count) differences.Add($"{name}: {stored.Count - lane.Lines.Count} lines too many, the first \"{Short(stored[lane.Lines.Count])}\"");
        long bytes = documents.Sum(document => document.LengthBytes);
        if (bytes != lane.Bytes) differences.Add($"{name}: {lane.Bytes} bytes were written, {bytes} are accounted for");
    }

    // A container's records have the stamp of their first piece, and lie in its day's index; a plain file's lie in the day of their reading, which is their own.
    private static void ComparePlace(string name, WrittenLine first, string tenant, StoredDocument document, List<string> differences)
    {
        if (document.Tenant != tenant) differences.Add($"{name}: {document.Id} is {document.Tenant}'s, not {tenant}'s");
        if (first.Timestamp is { } timestamp && document.Timestamp != timestamp) differences.Add($"{name}: {document.Id} was written at {timestamp}, and stored as of {document.Timestamp}");
        string index = $"logs-{tenant}-{document.Timestamp[..10].Replace('-', '.')}";
        if (document.Index != index) differences.Add($"{name}: {document.Id} of {document.Timestamp} is in {document.Index}");
    }

    private static string Short(string text) => text.Length <= 120 ? text : text[..120] + "…";
}
