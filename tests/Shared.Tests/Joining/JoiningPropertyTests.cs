using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Joining.Traces;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Joining;

/// <summary>The same bytes give the same records: whatever the chunks, wherever the restart.</summary>
public class JoiningPropertyTests
{
    private static readonly SubStream[] s_lanes = [SubStream.None, SubStream.Stdout, SubStream.Stderr];

    private static void ForSeeds(int count, Action<Random> body)
    {
        int first = Environment.TickCount;
        for (int seed = first; seed < first + count; seed++)
        {
            try
            {
                body(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}", e);
            }
        }
    }

    [Fact]
    public void Records_do_not_depend_on_the_chunks() => ForSeeds(500, random =>
    {
        EntryStream stream = RandomEntries.Create(random, random.Next(1, 120));
        JoiningRule rule = RandomEntries.Rule(random);
        HashSet<(SubStream, StreamPosition)> cuts = RandomCuts(random, stream);
        List<CollectedRecord> whole = stream.Join(rule, null, cuts);
        List<CollectedRecord> pieces = stream.Join(rule, () => random.Next(1, 9), cuts);
        Assert.Equal(whole, pieces);
        AssertAccountsForEverything(stream, whole);
    });

    [Fact]
    public void Records_do_not_depend_on_the_place_of_a_restart() => ForSeeds(120, random =>
    {
        EntryStream stream = RandomEntries.Create(random, random.Next(1, 80));
        JoiningRule rule = RandomEntries.Rule(random);
        JoiningRule pinned = JoiningRule.Parse(rule.ToString());
        HashSet<(SubStream, StreamPosition)> cuts = RandomCuts(random, stream);
        List<CollectedRecord> whole = stream.Join(rule, null, cuts);
        for (int stop = 0; stop <= stream.Count; stop++)
        {
            Assert.Equal(Sorted(whole), Sorted(JoinWithRestart(stream, pinned, random, cuts, stop)));
        }
    });

    [Fact]
    public void Stored_extents_win_over_another_rule() => ForSeeds(500, random =>
    {
        EntryStream stream = RandomEntries.Create(random, random.Next(1, 80));
        List<CollectedRecord> stored = stream.Join(RandomEntries.Rule(random), null, RandomCuts(random, stream));
        var records = new List<CollectedRecord>();
        var joiner = new RecordJoiner(RandomEntries.Rule(random));
        foreach (CollectedRecord record in stored) joiner.ExpectExtent(record.SubStream, record.Start, record.SourceLengthBytes);
        stream.Feed(joiner, records, 0, stream.Count, () => random.Next(1, 20));
        var sink = new RecordCollector(records);
        joiner.End(ref sink);
        Assert.Equal(Sorted(stored).Select(r => r.Extent), Sorted(records).Select(r => r.Extent));
    });

    [Fact]
    public void Some_stored_extents_hold_and_false_ones_are_ignored() => ForSeeds(500, random =>
    {
        EntryStream stream = RandomEntries.Create(random, random.Next(1, 80));
        List<CollectedRecord> stored = stream.Join(RandomEntries.Rule(random)).Where(_ => random.Next(3) == 0).ToList();
        var records = new List<CollectedRecord>();
        var joiner = new RecordJoiner(RandomEntries.Rule(random));
        bool lies = random.Next(2) == 0;
        foreach (CollectedRecord record in stored) joiner.ExpectExtent(record.SubStream, record.Start, record.SourceLengthBytes);
        if (lies)
        {
            for (int i = 0; i < 5; i++)
            {
                int index = random.Next(stream.Count);
                // What reaches behind the end of everything is not on disk any more, and no lie.
                long left = stream.Entries.Skip(index).Where(entry => entry.SubStream == stream.LaneOf(index)).Sum(entry => entry.LengthBytes);
                joiner.ExpectExtent(stream.LaneOf(index), stream.StartOf(index), Math.Min(left, random.Next(1, 1_000)));
            }
        }

        stream.Feed(joiner, records, 0, stream.Count, () => random.Next(1, 20));
        var sink = new RecordCollector(records);
        joiner.End(ref sink);
        AssertAccountsForEverything(stream, records);
        if (!lies) Assert.Subset(records.Select(r => r.Extent).ToHashSet(), stored.Select(r => r.Extent).ToHashSet());
    });

    [Fact]
    public void Forgetting_and_reading_again_gives_the_same_records() => ForSeeds(300, random =>
    {
        EntryStream stream = RandomEntries.Create(random, random.Next(1, 60));
        JoiningRule rule = RandomEntries.Rule(random);
        int stop = random.Next(stream.Count + 1);
        var joiner = new RecordJoiner(rule);
        var records = new List<CollectedRecord>();
        stream.Feed(joiner, records, 0, stop, () => 3);
        Dictionary<SubStream, StreamPosition?> starts = s_lanes.ToDictionary(lane => lane, joiner.PendingStart);
        joiner.Forget();
        Assert.All(s_lanes, lane => Assert.False(joiner.HasPending(lane)));
        StreamPosition here = stop == stream.Count ? new StreamPosition(long.MaxValue, 0) : stream.StartOf(stop);
        stream.Feed(joiner, records, 0, stream.Count, () => 5, lane => starts[lane] ?? here);
        var sink = new RecordCollector(records);
        joiner.End(ref sink);
        Assert.Equal(Sorted(stream.Join(rule)), Sorted(records));
    });

    [Fact]
    public void The_first_byte_tells_only_what_the_grammar_tells_too()
    {
        foreach (string pending in RandomEntries.Lines)
        {
            foreach (string line in RandomEntries.Lines)
            {
                byte[] first = System.Text.Encoding.UTF8.GetBytes(pending), second = System.Text.Encoding.UTF8.GetBytes(line);
                for (int languages = 0; languages <= (int)(TraceLanguages.All | TraceLanguages.Messages); languages++)
                {
                    if (!TraceGrammar.SurelyBegins(first, second)) continue;
                    TraceState state = TraceGrammar.First(first, (TraceLanguages)languages);
                    Assert.Equal(LineVerdict.Begins, TraceGrammar.Next(state, second, (TraceLanguages)languages, out _));
                }
            }
        }
    }

    [Fact]
    public void The_grammar_takes_any_bytes_in_any_state() => ForSeeds(5_000, random =>
    {
        byte[] line = new byte[random.Next(0, 40)];
        random.NextBytes(line);
        string pattern = RandomEntries.Lines[random.Next(RandomEntries.Lines.Length)];
        byte[] mixed = [.. System.Text.Encoding.UTF8.GetBytes(pattern)[..random.Next(System.Text.Encoding.UTF8.GetByteCount(pattern) + 1)], .. line];
        var languages = (TraceLanguages)random.Next((int)(TraceLanguages.All | TraceLanguages.Messages) + 1);
        TraceGrammar.First(mixed, languages);
        for (int state = 0; state < 64; state++)
        {
            TraceGrammar.Next((TraceState)state, mixed, languages, out TraceState next);
            Assert.InRange((int)next, 0, 63);
        }
    });

    private static List<CollectedRecord> JoinWithRestart(EntryStream stream, JoiningRule rule, Random random, HashSet<(SubStream, StreamPosition)> cuts, int stop)
    {
        var records = new List<CollectedRecord>();
        var before = new RecordJoiner(rule);
        stream.Feed(before, records, 0, stop, () => random.Next(1, 9), null, cuts);
        StreamPosition here = stop == stream.Count ? new StreamPosition(long.MaxValue, 0) : stream.StartOf(stop);
        var after = new RecordJoiner(rule);
        var resume = new Dictionary<SubStream, StreamPosition>();
        foreach (SubStream lane in s_lanes)
        {
            resume[lane] = before.PendingStart(lane) ?? here;
            after.Restore(lane, new LaneState(before.State(lane).Bits));
        }

        stream.Feed(after, records, 0, stream.Count, () => random.Next(1, 9), lane => resume[lane], cuts);
        var sink = new RecordCollector(records);
        after.End(ref sink);
        return records;
    }

    /// <summary>Cuts where silence might have come: behind a complete line.</summary>
    private static HashSet<(SubStream, StreamPosition)> RandomCuts(Random random, EntryStream stream)
    {
        var cuts = new HashSet<(SubStream, StreamPosition)>();
        int every = random.Next(2) == 0 ? 0 : random.Next(3, 20);
        int i = 0;
        foreach (LogEntry entry in stream.Entries)
        {
            if (every > 0 && !entry.IsPartial && random.Next(every) == 0) cuts.Add((entry.SubStream, stream.EndOf(i)));
            i++;
        }

        return cuts;
    }

    /// <summary>The records of a lane lie one behind the other, cover every entry once, and say exactly its text.</summary>
    private static void AssertAccountsForEverything(EntryStream stream, List<CollectedRecord> records)
    {
        LogEntry[] entries = stream.Entries.ToArray();
        foreach (SubStream lane in s_lanes)
        {
            var indexes = new Queue<int>(Enumerable.Range(0, entries.Length).Where(i => entries[i].SubStream == lane));
            foreach (CollectedRecord record in records.Where(r => r.SubStream == lane))
            {
                Assert.Equal(stream.StartOf(indexes.Peek()), record.Start);
                Assert.Equal(entries[indexes.Peek()].TimestampNanos, record.TimestampNanos);
                string text = "";
                long length = 0;
                int lines = 0;
                bool open = true;
                for (; length < record.SourceLengthBytes; lines++)
                {
                    int index = indexes.Dequeue();
                    text += (open ? "" : "\n") + stream.TextOf(index);
                    open = (entries[index].Flags & (EntryFlags.Partial | EntryFlags.Truncated)) != 0;
                    length += entries[index].LengthBytes;
                }

                Assert.Equal((length, lines, text), (record.SourceLengthBytes, record.Lines, record.Text));
            }

            Assert.Empty(indexes);
        }
    }

    private static List<CollectedRecord> Sorted(IEnumerable<CollectedRecord> records) =>
        [.. records.OrderBy(r => r.SubStream).ThenBy(r => r.Start)];
}
