using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Tests.Simulation.Storing;
using LogPipeline.Tests.Simulation.Writers;

namespace LogPipeline.Tests.Simulation;

/// <summary>
/// Compares what was written with what is stored, byte by byte: each byte of each file belongs to exactly one document (or dead letter), or was
/// destroyed and is reported as such. Knows the formats by means of its own (<see cref="WrittenLine"/>), and nothing of the joining rules.
/// </summary>
internal sealed class Oracle(IReadOnlyCollection<WrittenFile> files, ISimulatedStore store, IReadOnlyCollection<FileCheckpoint> ledger, bool ledgerWasLost, Func<StoredDocument, WrittenFile, WrittenLine, string?> misrouted)
{
    private readonly Dictionary<string, WrittenFile> _fileOf = [];
    private readonly Findings _found = new();

    public Findings Compare()
    {
        foreach (WrittenFile file in files) Array.Clear(file.Hits);
        List<StoredDocument> documents = [.. store.Stored.Values, .. store.DeadLetters.Values];
        foreach (IGrouping<string, StoredDocument> twice in documents.GroupBy(document => document.Id).Where(group => group.Count() > 1))
            if (!ledgerWasLost || twice.Any(document => document.Lane != SubStream.None)) _found.Doubled.Add($"{twice.Key} is in {string.Join(" and ", twice.Select(document => document.Index))}");
        foreach (IGrouping<string, StoredDocument> group in documents.GroupBy(document => document.FileId).OrderBy(group => group.Min(document => document.Sequence), StringComparer.Ordinal)) Assign(group.Key, [.. group]);
        foreach (StoredDocument document in documents.OrderBy(document => document.IsCollision)) Cover(document);
        foreach (WrittenFile file in files) Account(file);
        foreach (IGrouping<(string, SubStream), StoredDocument> lane in documents.GroupBy(document => (document.Stream, document.Lane))) CheckOrder([.. lane.Where(document => !document.IsCollision).OrderBy(document => document.Sequence, StringComparer.Ordinal)]);
        foreach (FileCheckpoint checkpoint in ledger) CheckAccount(checkpoint);
        return _found;
    }

    // Containers' identities follow from the content; a plain file's was drawn by lot, so its documents say which content it has.
    private void Assign(string fileId, List<StoredDocument> documents)
    {
        WrittenFile? file = files.FirstOrDefault(candidate => candidate.Kind != Sources.SourceKind.Plain && candidate.ContainerFileId?.ToString() == fileId)
            ?? Likeliest(documents, files.Where(candidate => candidate.Kind == Sources.SourceKind.Plain && candidate.Stream == documents[0].Stream && !_fileOf.ContainsValue(candidate) && documents.TrueForAll(document => Holds(candidate, document)))
                .OrderBy(candidate => _fileOf.Values.Any(earlier => earlier.Stream == candidate.Stream && earlier.Number > candidate.Number)));
        if (file is not null) _fileOf[fileId] = file;
        // A copy that is shorter than what was stored before a crash looks like a file of its own: copytruncate's window.
        else if (files.Any(candidate => candidate.KeptBytes < candidate.Content.Count && candidate.Stream == documents[0].Stream && documents.TrueForAll(document => Holds(candidate, document)))) _found.CopyWindows++;
        else if (files.Any(candidate => candidate.Stream == documents[0].Stream && documents.TrueForAll(document => Holds(candidate, document)))) _found.Doubled.Add($"all of {fileId}, {documents.Count} documents from {documents[0].Sequence}: \"{documents[0].Text}\"");
        else _found.WrongText.Add($"{documents[0].Stream}: no content has all of {fileId}");
    }

    // Of several that begin alike the next one that has all of the documents to their ends; or else the next one.
    private WrittenFile? Likeliest(List<StoredDocument> documents, IEnumerable<WrittenFile> candidates)
    {
        List<WrittenFile> alike = [.. candidates];
        return alike.Count < 2 ? alike.FirstOrDefault() : alike.Find(candidate => documents.TrueForAll(document => new ExtentWalk(files, document).Run(candidate))) ?? alike[0];
    }

    private static bool Holds(WrittenFile file, StoredDocument document) =>
        Array.Find(file.Lines, line => line.End > document.Offset) is { } line && line.Start <= document.Offset && (line.Start == document.Offset || document.Offset - line.Start < line.Text.Length) && document.Text.StartsWith(Rest(line, document), StringComparison.Ordinal)
        || Array.Find(file.Lines, line => line.End > document.Offset) is { } cut && cut.Start <= document.Offset && Rest(cut, document).StartsWith(document.Text, StringComparison.Ordinal) && document.LengthBytes <= cut.End - document.Offset
        || file.KeptBytes > document.Offset && Array.Find(file.Lines, line => line.End > file.KeptBytes && line.Start <= document.Offset) is { } kept && document.Text.StartsWith(Rest(kept with { Text = kept.Text[..(file.KeptBytes - kept.Start)] }, document) + '\n', StringComparison.Ordinal);

    private static string Rest(WrittenLine line, StoredDocument document) => document.Offset > line.Start ? line.Text[(int)Math.Min(line.Text.Length, document.Offset - line.Start)..] : line.Text;

    private void Cover(StoredDocument document)
    {
        if (!_fileOf.TryGetValue(document.FileId, out WrittenFile? file)) return;
        var walk = new ExtentWalk(files, document);
        if (!walk.Run(file))
        {
            _found.WrongText.Add($"{file} {document.Offset}+{document.LengthBytes} {document.Lane}: \"{document.Text}\", but {walk.Problem}");
            return;
        }
        foreach ((WrittenFile covered, int start, int end) in walk.Covered)
        {
            // What another record has already, a collision's dead letter keeps once more.
            bool before = !document.IsCollision && covered.Hits[start] > 0;
            for (int at = start; at < end; at++)
                if (!document.IsCollision || covered.Hits[at] == 0) covered.Hits[at]++;
            // A record that began in a file which was destroyed between its storing and the next checkpoint: its end is read again.
            bool began = ledger.Any(checkpoint => checkpoint.Gap && checkpoint.StreamKey == covered.Stream) || ledgerWasLost;
            if (before && !began) _found.Overlapping.Add($"{covered} {start}..{end} is in more than one document, one is {document.Offset}+{document.LengthBytes} of {file}: \"{document.Text}\"");
        }
        if (misrouted(document, file, walk.First!) is { } expected) (document.Tenant == expected ? _found.WrongIndex : expected.StartsWith("logs", StringComparison.Ordinal) ? _found.WrongIndex : _found.WrongTenant).Add($"{file} {document.Offset}: in {document.Index} of {document.Tenant}, expected {expected}");
    }

    private void Account(WrittenFile file)
    {
        long uncovered = file.Hits.LongCount(hits => hits == 0) - Backlog(file);
        List<FileCheckpoint> known = [.. ledger.Where(checkpoint => _fileOf.TryGetValue(checkpoint.Id.ToString(), out WrittenFile? of) ? of == file : checkpoint.Id.Equals(file.ContainerFileId ?? default))];
        long reported = known.Sum(checkpoint => checkpoint.LostBytes);
        bool gap = known.Exists(checkpoint => checkpoint.Gap) || ledger.Any(checkpoint => checkpoint.Gap && checkpoint.StreamKey == file.Stream && !_fileOf.ContainsKey(checkpoint.Id.ToString()));
        if (reported > uncovered && !ledgerWasLost) _found.Misreported.Add($"{file}: {reported} bytes are reported lost, {uncovered} are");
        if (uncovered <= 0) return;
        if (known.Count == 0 && MustBeGap(file) && !ledger.Any(checkpoint => checkpoint.Gap && checkpoint.StreamKey == file.Stream)) _found.Misreported.Add($"{file}: was listed and destroyed before it was opened, and no gap is reported");
        if (!file.Destroyed) _found.Lost.Add($"{file}: {uncovered} bytes that are still on disk, from {Array.IndexOf(file.Hits, (byte)0)}: \"{FirstLost(file)}\"");
        else if (uncovered != reported && !gap && known.Count > 0 && uncovered - reported > Unseen(file))
            _found.Misreported.Add($"{file}: {uncovered} bytes were destroyed unread, {reported} are reported, from {Array.IndexOf(file.Hits, (byte)0)}: \"{FirstLost(file)}\"");
        if (reported > 0) _found.ReportedBytes += reported;
        if (reported > 0 && !gap && Unseen(file) == 0) _found.ExactBytes += reported;
        if (gap) _found.Gaps++;
    }

    // Where nothing of a stream was ever read, there is nothing that a gap could be behind.
    private bool MustBeGap(WrittenFile file) => file.Kind != Sources.SourceKind.Plain && file.ShownBytes > 0
        && files.Any(earlier => earlier.Stream == file.Stream && earlier.Number < file.Number && ledger.Any(checkpoint => checkpoint.Id.Equals(earlier.ContainerFileId ?? default)));

    private static string FirstLost(WrittenFile file) => file.Lines.First(line => file.Hits[line.Start] == 0 || file.Hits[line.End - 1] == 0).Text;

    // What was written behind the last look before a truncation, or into a file that had been left and was then deleted, nobody can know.
    private static long Unseen(WrittenFile file) => file.Truncated || file.HasLateBytes ? file.Content.Count : 0;

    // An open line waits for its end, or for a successor.
    private long Backlog(WrittenFile file)
    {
        if (file.Destroyed || file.Lines.Length == 0 || files.Any(later => later.Stream == file.Stream && later.Number > file.Number && later.Content.Count > 0 && !later.Destroyed)) return 0;
        WrittenLine last = file.Lines[^1];
        return file.Content[^1] != (byte)'\n' && file.Hits[last.Start] == 0 ? last.Length : 0;
    }

    private void CheckOrder(List<StoredDocument> lane)
    {
        (int Number, long Offset) before = (-1, -1);
        foreach (StoredDocument document in lane)
        {
            if (!_fileOf.TryGetValue(document.FileId, out WrittenFile? file)) continue;
            if (file.Truncated || ledgerWasLost) continue; // a copy that was first seen while it was made may come behind its successor
            if (file.Number < before.Number || (file.Number == before.Number && document.Offset <= before.Offset)) _found.WrongOrder.Add($"{file} {document.Offset} ({document.Sequence}) sorts behind #{before.Number} {before.Offset}");
            before = (file.Number, document.Offset);
        }
    }

    // What the ledger says of a file is what the store has of it.
    private void CheckAccount(FileCheckpoint checkpoint)
    {
        string id = checkpoint.Id.ToString();
        Check("stored", checkpoint.Stored, store.Stored.Values);
        Check("dead-lettered", checkpoint.DeadLettered, store.DeadLetters.Values);

        void Check(string what, List<RangeCount> ranges, IEnumerable<StoredDocument> all)
        {
            List<StoredDocument> documents = [.. all.Where(document => document.FileId == id)];
            long records = ranges.Sum(range => range.Records), bytes = ranges.Sum(range => range.Bytes);
            // Where it, or the file in which a record of it began, was destroyed between its storing and the next checkpoint, the ledger does not know of all that is stored.
            // Nor does it count what is stored under the id of a collision.
            bool collided = store.DeadLetters.Values.Any(letter => letter.IsCollision && letter.FileId == id);
            bool destroyed = _fileOf.TryGetValue(id, out WrittenFile? file) && file.Destroyed;
            if ((destroyed || ledger.Any(other => other.Gap && other.StreamKey == checkpoint.StreamKey) || ledgerWasLost || collided) && records <= documents.Count) return;
            if (records != documents.Count || bytes != documents.Sum(document => document.LengthBytes))
                _found.WrongAccount.Add($"{checkpoint.Path} {id} ({checkpoint.ResumeOffsetBytes} of {checkpoint.SizeBytes}{(checkpoint.Complete ? ", complete" : "")}{(checkpoint.Gap ? ", gap" : "")}, {checkpoint.LostBytes} lost): {records} records of {bytes} bytes {what} by the ledger, {documents.Count} of {documents.Sum(document => document.LengthBytes)} by the store");
        }
    }
}
