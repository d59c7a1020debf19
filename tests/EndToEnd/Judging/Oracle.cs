using LogPipeline.Tests.Storing;
using LogPipeline.Tests.Writing;

namespace LogPipeline.Tests.Judging;

/// <summary>Compares what was written with what is stored, sub-stream by sub-stream in the order of <c>log.sequence</c>, whatever the records' bounds.</summary>
internal static class Oracle
{
    public static OracleVerdict Compare(IReadOnlyCollection<LogWriter> writers, IReadOnlyCollection<StoredDocument> stored) =>
        Compare([.. writers.SelectMany(writer => writer.Lanes.Select(lane => (lane.Key, writer.Tenant, lane.Value)))], stored);

    /// <param name="written">Name of the sub-stream, tenant, lines.</param>
    /// <param name="stored">Every document, dead letters as the document that they hold.</param>
    public static OracleVerdict Compare(IReadOnlyCollection<(string Name, string Tenant, WrittenLane Lane)> written, IReadOnlyCollection<StoredDocument> stored)
    {
        var verdict = new OracleVerdict { WrittenLines = written.Sum(lane => (long)lane.Lane.Lines.Count) };
        foreach (IGrouping<string, StoredDocument> twice in stored.GroupBy(document => document.Id).Where(group => group.Count() > 1))
            verdict.Add(DifferenceKind.Doubled, $"{twice.Key} is in {string.Join(" and ", twice.Select(document => document.Index))}", twice.Count() - 1);
        CompareExtents(stored, verdict);
        ILookup<string, StoredDocument> bySubStream = stored.DistinctBy(document => document.Id).ToLookup(document => document.SubStream);
        foreach ((string name, string tenant, WrittenLane lane) in written) Compare(name, tenant, lane, bySubStream[name], verdict);
        var known = written.Select(lane => lane.Name).ToHashSet();
        foreach (IGrouping<string, StoredDocument> foreign in bySubStream.Where(group => !known.Contains(group.Key)))
            verdict.Add(DifferenceKind.WrongText, $"{foreign.Count()} documents of {foreign.Key}, which nobody wrote", foreign.Count());
        return verdict;
    }

    // Another sub-stream's bytes may lie within a record: it ends no earlier than its length says.
    private static void CompareExtents(IReadOnlyCollection<StoredDocument> stored, OracleVerdict verdict)
    {
        foreach (IGrouping<(string, string), StoredDocument> file in stored.GroupBy(document => (document.SubStream, document.FileId)))
        {
            StoredDocument? before = null;
            foreach (StoredDocument document in file.OrderBy(document => document.OffsetBytes))
            {
                if (before is not null && document.OffsetBytes < before.OffsetBytes + before.LengthBytes && document.Id != before.Id)
                    verdict.Add(DifferenceKind.Overlapping, $"{document.SubStream}: {document.Id} begins at {document.OffsetBytes}, {before.Id} goes from {before.OffsetBytes} to {before.OffsetBytes + before.LengthBytes} at least");
                before = document;
            }
        }
    }

    private static void Compare(string name, string tenant, WrittenLane lane, IEnumerable<StoredDocument> unordered, OracleVerdict verdict)
    {
        List<StoredDocument> documents = [.. unordered.OrderBy(document => document.Sequence, StringComparer.Ordinal)];
        List<(string Text, StoredDocument? First)> lines = LinesOf(documents);
        Dictionary<string, Queue<int>> places = lane.Lines.Index().GroupBy(line => line.Item.Text, line => line.Index).ToDictionary(same => same.Key, same => new Queue<int>(same));
        var order = new List<int>();
        foreach ((string text, StoredDocument? first) in lines)
        {
            if (!places.TryGetValue(text, out Queue<int>? free)) verdict.Add(DifferenceKind.WrongText, $"{name}: \"{Short(text)}\" is stored and was not written");
            else if (!free.TryDequeue(out int place)) verdict.Add(DifferenceKind.Doubled, $"{name}: \"{Short(text)}\"");
            else
            {
                order.Add(place);
                if (first is not null) ComparePlace(name, lane.Lines[place], tenant, first, verdict);
            }
        }
        foreach (int lost in places.Values.SelectMany(rest => rest).Order())
            verdict.Add(DifferenceKind.Lost, $"{name}: line {lost} of {lane.Lines.Count}, \"{Short(lane.Lines[lost].Text)}\"");
        int misplaced = order.Count - LongestAscent(order);
        if (misplaced > 0) verdict.Add(DifferenceKind.WrongOrder, $"{name}: {misplaced} of {order.Count} lines", misplaced);
        long bytes = documents.Sum(document => document.LengthBytes);
        if (bytes != lane.Bytes) verdict.Add(DifferenceKind.UnaccountedBytes, $"{name}: {lane.Bytes} bytes were written, {bytes} are accounted for", Math.Abs(bytes - lane.Bytes));
    }

    // With the document where a line is a document's first; a record that goes on in the next one has its line put together.
    private static List<(string Text, StoredDocument? First)> LinesOf(List<StoredDocument> documents)
    {
        var lines = new List<(string Text, StoredDocument? First)>();
        foreach (StoredDocument document in documents)
        {
            string[] texts = document.Text.Split('\n');
            if (document.Continued && lines.Count > 0) lines[^1] = (lines[^1].Text + texts[0], lines[^1].First);
            else lines.Add((texts[0], document));
            lines.AddRange(texts[1..].Select(text => (text, (StoredDocument?)null)));
        }
        return lines;
    }

    // A container's records have the stamp of their first piece, and lie in its day's index; a plain file's lie in the day of their reading, which is their own.
    private static void ComparePlace(string name, WrittenLine first, string tenant, StoredDocument document, OracleVerdict verdict)
    {
        if (document.Tenant != tenant) verdict.Add(DifferenceKind.WrongTenant, $"{name}: {document.Id} is {document.Tenant}'s, not {tenant}'s");
        if (first.Timestamp is { } timestamp && document.Timestamp != timestamp) verdict.Add(DifferenceKind.WrongTime, $"{name}: {document.Id} was written at {timestamp}, and stored as of {document.Timestamp}");
        string index = $"logs-{tenant}-{document.Timestamp[..10].Replace('-', '.')}";
        if (document.Index != index) verdict.Add(DifferenceKind.WrongIndex, $"{name}: {document.Id} of {document.Timestamp} is in {document.Index}");
    }

    // How many of the numbers stand in ascending order already; the rest is misplaced. Patience sorting.
    private static int LongestAscent(List<int> numbers)
    {
        var ends = new List<int>();
        foreach (int number in numbers)
        {
            int at = ends.BinarySearch(number);
            if (at < 0) at = ~at;
            if (at == ends.Count) ends.Add(number);
            else ends[at] = number;
        }
        return ends.Count;
    }

    private static string Short(string text) => text.Length <= 120 ? text : text[..120] + "…";
}
