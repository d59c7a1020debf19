using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Indexing;

namespace LogPipeline.Tests.Indexing;

/// <summary>Random bodies of several tenants against a store that fails in every known way, in virtual time.</summary>
public sealed class BulkSenderSimulationTests
{
    private enum Kind
    {
        Plain,
        Poison,
        Killer,
        BadAction,
        Huge,
        StoredBefore,
        DeadLetteredBefore,
        OtherLength,
        OtherRecord,
    }

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 60)]
    public void Every_document_ends_in_exactly_one_place_and_its_outcome_says_which(int firstSeed, int rounds)
    {
        for (int seed = firstSeed * 1000; seed < (firstSeed * 1000) + rounds; seed++)
        {
            try
            {
                Run(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    private static void Run(int seed)
    {
        Random random = new(seed);
        ModelStore store = new(random);
        using SenderUnderTest test = new(store.Answer, concurrency: random.Next(1, 6), seed, endpoints: random.Next(1, 3));
        Dictionary<string, (Kind Kind, BulkBody Body, int Item)> expected = [];
        Dictionary<BulkBody, int> completions = [];
        List<(BulkBody Body, string Tenant)> bodies = [];
        int next = 0;
        for (int i = random.Next(5, 25); i > 0; i--)
        {
            string tenant = "abc"[random.Next(3)].ToString();
            BulkBody body = RandomBody(random, store, tenant, ref next, expected);
            bodies.Add((body, tenant));
            completions[body] = 0;
        }

        test.Time.After(TimeSpan.FromMinutes(20), () => store.Calm = true);
        foreach ((BulkBody body, _) in bodies)
        {
            test.Sender.Send(body, b => completions[b]++);
            if (random.Next(2) == 0) test.Time.Advance(TimeSpan.FromMilliseconds(random.Next(100)));
        }

        Assert.True(test.Time.Until(() => completions.Values.All(c => c > 0), TimeSpan.FromHours(3)), "not every body was completed");
        // Nothing more comes of what is done.
        test.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.All(completions.Values, c => Assert.Equal(1, c));
        Assert.DoesNotContain(test.Log.Events, e => e.Event == Observability.LogEvents.SenderFault);
        Assert.Empty(test.Sender.HeldTenants);
        foreach ((string id, (Kind kind, BulkBody body, int item)) in expected) Check(store, id, kind, body, item);
        foreach (string tenant in bodies.Select(b => b.Tenant).Distinct()) CheckOrder(store, [.. bodies.Where(b => b.Tenant == tenant).Select(b => b.Body)]);
    }

    private static BulkBody RandomBody(Random random, ModelStore store, string tenant, ref int next, Dictionary<string, (Kind, BulkBody, int)> expected)
    {
        BulkBody body = new(tenant, 256) { LookUpFirst = random.Next(3) == 0 };
        bool conflicts = random.Next(3) == 0;
        for (int i = random.Next(1, 14); i > 0; i--)
        {
            int n = next++;
            string id = Documents.Id(n), index = $"logs-{tenant}-2026.11.{20 + (n % 2)}";
            long nanos = random.Next(4) == 0 ? LogEntry.NoTimestamp : Documents.FirstNanos + n;
            long stored = nanos == LogEntry.NoTimestamp ? Documents.FirstNanos : nanos;
            Kind kind = random.Next(30) switch
            {
                0 or 1 => Kind.Poison,
                2 when random.Next(3) == 0 => Kind.Killer,
                3 => Kind.BadAction,
                4 => Kind.Huge,
                5 or 6 => Kind.StoredBefore,
                7 when body.LookUpFirst => Kind.DeadLetteredBefore,
                8 when conflicts => Kind.OtherLength,
                9 when nanos != LogEntry.NoTimestamp => Kind.OtherRecord,
                _ => Kind.Plain,
            };
            string text = kind switch { Kind.Poison => ModelStore.Poison, Kind.Killer => ModelStore.Killer, Kind.Huge => new string('h', ModelStore.MaxRequestBytes + random.Next(9000)), _ => $"line {n}" };
            if (kind == Kind.StoredBefore) store.Documents.Add((index, id), Documents.Source(tenant, n, text, 50, stored));
            if (kind == Kind.DeadLetteredBefore) store.Documents.Add(("deadletter-" + index, id), Documents.Source(tenant, n, text, 50, stored));
            if (kind == Kind.OtherLength) store.Documents.Add((index, id), Documents.Source(tenant, n, text, 33, stored));
            if (kind == Kind.OtherRecord) store.Documents.Add((index, id), Documents.Source(tenant, n, "another", 50, stored + 1));
            Documents.Add(body, index, n, text, 50, nanos, kind == Kind.BadAction ? ",\"_foo\":1" : "");
            expected.Add(id, (kind, body, body.ItemCount - 1));
        }

        return body;
    }

    private static void Check(ModelStore store, string id, Kind kind, BulkBody body, int position)
    {
        BulkItem item = body.Items[position];
        string source = System.Text.Encoding.UTF8.GetString(body.SourceLine(item)).TrimEnd('\n');
        string index = JsonDocument.Parse(body.ActionLine(item).ToArray()).RootElement.GetProperty("create").GetProperty("_index").GetString()!;
        bool own = store.Documents.TryGetValue((index, id), out string? stored);
        bool dead = store.Documents.TryGetValue(("deadletter-" + index, id), out string? letter);
        string[] suffixed = [.. store.Documents.Where(d => d.Key.Index == "deadletter-" + index && d.Key.Id.StartsWith(id + ".", StringComparison.Ordinal) && !d.Key.Id.Contains("part", StringComparison.Ordinal)).Select(d => d.Value)];
        bool bodyInConflict = body.LookUpFirst && body.Items.ToArray().Any(i => i.Outcome == ItemOutcome.Conflict);
        switch (item.Outcome)
        {
            case ItemOutcome.Stored:
                Assert.True(own, $"{id} {kind}: stored, but it is not there");
                Assert.Equal(source, stored);
                Assert.False(dead, $"{id} {kind}: a dead letter too");
                break;
            case ItemOutcome.DeadLettered when kind == Kind.OtherRecord:
                Assert.Equal(-1, item.StoredLengthBytes);
                Assert.Equal(source, Document(Assert.Single(suffixed)));
                break;
            case ItemOutcome.DeadLettered:
                Assert.True(kind is Kind.Poison or Kind.Killer or Kind.BadAction or Kind.Huge or Kind.DeadLetteredBefore, $"{id} {kind} is a dead letter");
                Assert.True(dead, $"{id} {kind}: no dead letter");
                Assert.False(own, $"{id} {kind}: dead letter and stored");
                if (kind is not (Kind.Huge or Kind.DeadLetteredBefore)) Assert.Equal(source, Document(letter!));
                if (kind == Kind.Huge) Assert.Equal(source, Joined(store, "deadletter-" + index, id, letter!));
                break;
            case ItemOutcome.Conflict:
                Assert.Equal(Kind.OtherLength, kind);
                Assert.Equal(33, item.StoredLengthBytes);
                break;
            case ItemOutcome.NotSent:
                Assert.True(bodyInConflict);
                Assert.Equal(kind == Kind.OtherRecord, own);
                Assert.False(dead, $"{id} {kind}: a dead letter too");
                break;
            default:
                Assert.Fail($"{id} {kind}: {item.Outcome}");
                break;
        }

        if (kind == Kind.OtherLength) Assert.Equal(ItemOutcome.Conflict, item.Outcome);
    }

    private static string Document(string letter)
    {
        using JsonDocument json = JsonDocument.Parse(letter);
        return System.Text.Encoding.UTF8.GetString(json.RootElement.GetProperty("document").GetBytesFromBase64());
    }

    private static string Joined(ModelStore store, string index, string id, string first)
    {
        using JsonDocument json = JsonDocument.Parse(first);
        if (!json.RootElement.TryGetProperty("part", out JsonElement part)) return Document(first);
        int count = part.GetProperty("count").GetInt32();
        return string.Concat(Enumerable.Range(0, count).Select(k => Document(k == 0 ? first : store.Documents[(index, $"{id}.part{k}of{count}")])));
    }

    /// <summary>Bodies of a tenant begin in the order in which they were handed over.</summary>
    private static void CheckOrder(ModelStore store, List<BulkBody> bodies)
    {
        Dictionary<string, int> seen = [];
        for (int i = 0; i < store.FirstSeen.Count; i++) seen.Add(store.FirstSeen[i], i);
        int last = -1;
        foreach (BulkBody body in bodies)
        {
            int first = body.Items.ToArray().Min(i => seen[JsonDocument.Parse(body.ActionLine(i).ToArray()).RootElement.GetProperty("create").GetProperty("_id").GetString()!]);
            Assert.True(first > last, "bodies began out of order");
            last = first;
        }
    }
}
