using LogPipeline.Formats;

namespace LogPipeline.Tests.Simulation;

/// <summary>Compares what was written with what is stored, sub-stream by sub-stream, whatever the records' bounds.</summary>
internal static class Oracle
{
    public static List<string> Differences(IEnumerable<SimulatedWriter> writers, ModelStore store)
    {
        var differences = new List<string>();
        foreach (IGrouping<string, KeyValuePair<(string Index, string Id), StoredDocument>> twice in store.Documents.GroupBy(stored => stored.Key.Id).Where(group => group.Count() > 1))
            differences.Add($"doubled: {twice.Key} is in {string.Join(" and ", twice.Select(stored => stored.Key.Index))}");
        foreach (SimulatedWriter writer in writers)
            foreach ((SubStream lane, List<string> written) in writer.Lines) Compare(writer, lane, written, store, differences);
        return differences;
    }

    private static void Compare(SimulatedWriter writer, SubStream lane, List<string> written, ModelStore store, List<string> differences)
    {
        List<StoredDocument> documents = [.. store.Documents.Values.Where(document => document.StreamPath == writer.Key && document.SubStream == lane).OrderBy(document => document.Sequence, StringComparer.Ordinal)];
        var stored = new List<string>();
        foreach (StoredDocument document in documents)
        {
            string[] lines = document.Text.Split('\n');
            if (document.Continued && stored.Count > 0) stored[^1] += lines[0];
            else stored.Add(lines[0]);
            stored.AddRange(lines[1..]);
        }
        string name = $"{writer.Key} {lane}";
        for (int line = 0; line < Math.Min(stored.Count, written.Count); line++)
        {
            if (stored[line] == written[line]) continue;
            differences.Add($"{name}: line {line} was written as \"{written[line]}\" and stored as \"{stored[line]}\"");
            return;
        }
        if (stored.Count < written.Count) differences.Add($"{name}: lost {written.Count - stored.Count} lines, the first \"{written[stored.Count]}\"");
        if (stored.Count > written.Count) differences.Add($"{name}: {stored.Count - written.Count} lines too many, the first \"{stored[written.Count]}\"");
        long bytes = documents.Sum(document => document.LengthBytes);
        if (bytes != writer.Bytes[lane]) differences.Add($"{name}: {writer.Bytes[lane]} bytes were written, {bytes} are accounted for");
    }
}
