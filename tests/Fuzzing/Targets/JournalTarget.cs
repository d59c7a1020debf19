using System.Buffers.Binary;
using LogPipeline.Ledger.Journal;
using LogPipeline.Tailing;
using LogPipeline.Tests.Engine;
using LogPipeline.Tests.Ledger;

namespace LogPipeline.Tests.Targets;

/// <summary>
/// A journal's directory with one file changed. What is recovered is a state that the map once had, and the same each time; after the repair nothing is
/// damaged any more, and what is appended stays. Where checksums are made to fit the changed bytes, only that nothing breaks is asked for.
/// <para>An input: number of files, then of each the name and the content, each led by its length (4 bytes, little endian).</para>
/// </summary>
internal sealed class JournalTarget : FuzzTarget
{
    // Of the case that was generated last; what the corpus keeps comes without.
    private List<Dictionary<FileId, byte[]>>? _history;

    public override string Name => "journal";

    public override int MaxBytes => 256 << 10;

    public override byte[] Generate(Random random, IReadOnlyList<byte[]> corpus)
    {
        var storage = new InMemoryStateStorage(random);
        _history = CheckpointJournalModel.WriteHistory(storage, random, random.Next(1, 40));
        Dictionary<string, byte[]> files = storage.Names.ToDictionary(name => name, storage.ReadAll);
        string changed = files.Keys.ElementAt(random.Next(files.Count)), other = files.Keys.ElementAt(random.Next(files.Count));
        files[changed] = random.Next(4) == 0 ? Reordered(files[changed], random) : Mutator.Mutate(files[changed], files[other], random, [], MaxBytes);
        if (random.Next(4) == 0)
        {
            Reseal(files[changed]);
            _history = null;
        }
        return Pack(files);
    }

    public override void Check(byte[] input, Random random)
    {
        var storage = new InMemoryStateStorage(random);
        foreach ((string name, byte[] content) in Unpack(input)) storage.Overwrite(name, content);
        Dictionary<FileId, byte[]> seen, recovered;
        using (CheckpointJournal read = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions with { ReadOnly = true }, out _)) seen = CheckpointJournalModel.StateOf(read);
        using (CheckpointJournal journal = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions, out _))
        {
            recovered = CheckpointJournalModel.StateOf(journal);
            Hold(CheckpointJournalModel.Same(seen, recovered), "who only reads sees another state");
            Hold(_history is null || _history.Exists(state => CheckpointJournalModel.Same(state, recovered)), "a state that the map never had");
        }
        using var batch = new JournalBatch();
        using (CheckpointJournal again = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions, out JournalRecovery recovery))
        {
            Hold(!recovery.Findings.Any(finding => finding.IsDamage), "damaged still, after the repair");
            Hold(CheckpointJournalModel.Same(recovered, CheckpointJournalModel.StateOf(again)), "another state after the repair");
            recovered = CheckpointJournalModel.Fill(batch, recovered, random);
            again.Append(batch);
        }
        using CheckpointJournal last = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions, out _);
        Hold(CheckpointJournalModel.Same(recovered, CheckpointJournalModel.StateOf(last)), "what was appended after the repair is not there");
    }

    // An entry twice, lost, or before another: each of them sound.
    private static byte[] Reordered(byte[] file, Random random)
    {
        List<byte[]> entries = [.. Entries(file).Select(entry => file[entry])];
        if (entries.Count == 0) return file;
        for (int changes = random.Next(1, 4); changes > 0 && entries.Count > 0; changes--)
        {
            int at = random.Next(entries.Count);
            byte[] entry = entries[at];
            if (random.Next(2) == 0) entries.RemoveAt(at);
            if (random.Next(2) == 0) entries.Insert(random.Next(entries.Count + 1), entry);
        }
        return [.. file.AsSpan(0, 64), .. entries.SelectMany(entry => entry)];
    }

    private static IEnumerable<Range> Entries(byte[] file)
    {
        for (int at = 64; at + 24 <= file.Length;)
        {
            long end = at + 24 + ((BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) + 7L) & ~7L);
            if (end > file.Length) yield break;
            yield return at..(int)end;
            at = (int)end;
        }
    }

    // Checksums as docs/state-directory.md gives them, over whatever the bytes are.
    private static void Reseal(byte[] file)
    {
        if (file.Length < 64) return;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(60), Crc32C.Compute(file.AsSpan(0, 60)));
        uint seed = Crc32C.Compute(file.AsSpan(24, 16));
        foreach (Range range in Entries(file))
        {
            Span<byte> entry = file.AsSpan(range);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], Crc32C.Append(seed, entry[24..]));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[20..], Crc32C.Append(seed, entry[..20]));
        }
    }

    private static byte[] Pack(Dictionary<string, byte[]> files)
    {
        using var packed = new MemoryStream();
        using var writer = new BinaryWriter(packed);
        writer.Write(files.Count);
        foreach ((string name, byte[] content) in files)
        {
            byte[] text = System.Text.Encoding.UTF8.GetBytes(name);
            writer.Write(text.Length);
            writer.Write(text);
            writer.Write(content.Length);
            writer.Write(content);
        }
        return packed.ToArray();
    }

    // A shorter input, as minimizing makes them, has what is left of it.
    private static IEnumerable<(string Name, byte[] Content)> Unpack(byte[] packed)
    {
        int at = 0;
        int files = packed.Length >= 4 ? Next() : 0;
        for (; files > 0 && at + 4 <= packed.Length; files--)
        {
            string name = System.Text.Encoding.UTF8.GetString(Take());
            byte[] content = at + 4 <= packed.Length ? Take() : [];
            if (name.Length > 0) yield return (name, content);
        }

        int Next()
        {
            int number = BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(at));
            at += 4;
            return number;
        }

        byte[] Take()
        {
            int length = Math.Clamp(Next(), 0, packed.Length - at);
            at += length;
            return packed[(at - length)..at];
        }
    }
}
