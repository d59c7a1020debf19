using System.Text.Json;
using LogPipeline.Indexing;

namespace LogPipeline.Tests.Simulation.Storing;

/// <summary>
/// A store and the sender before it, as a model: documents by index and id, <c>create</c> only, answers in any order, late, after a part has
/// arrived, or never (the process dies). Some documents no store takes: they become dead letters. It outlives the process.
/// </summary>
internal sealed class ModelStore(Random random, Coverage coverage, ModelStore? shared = null) : IBulkSender, ISimulatedStore
{
    private readonly List<Delivery> _underWay = [];
    private readonly List<string> _conflicts = [];

    /// <summary>What is stored; with a <c>shared</c> store, what that one holds: another process's sender to the same server.</summary>
    public Dictionary<(string Index, string Id), StoredDocument> Documents { get; } = shared?.Documents ?? [];

    public Dictionary<(string Index, string Id), StoredDocument> DeadLetters { get; } = [];

    IReadOnlyDictionary<(string Index, string Id), StoredDocument> ISimulatedStore.Stored => Documents;

    IReadOnlyDictionary<(string Index, string Id), StoredDocument> ISimulatedStore.DeadLetters => DeadLetters;

    /// <summary>One document in so many is refused for good; 0: none.</summary>
    public int RefusesOneIn { get; set; }

    /// <summary>Nothing of this tenant is ever answered.</summary>
    public string? StuckTenant { get; set; }

    /// <summary>Called before anything arrives: what is sent must not depend on undurable decisions.</summary>
    public Action<BulkBody> Arriving { get; set; } = static _ => { };

    public bool IsQuiet => _underWay.Count == 0;

    public IBulkSender Connect() => this;

    public void Calm()
    {
        // it answers whatever it gets
    }

    public void Send(BulkBody body, Action<BulkBody> completed)
    {
        Arriving(body);
        bool held = random.Next(40) == 0;
        _underWay.Add(new(body, completed) { WasHeld = held, Patience = held ? 150 : 0 });
    }

    public int InFlight(string tenant) => _underWay.Count(sent => sent.Body.Tenant == tenant);

    /// <summary>Answers one request, in any order; or only a part of it arrives, and it is sent again later.</summary>
    public void Answer()
    {
        foreach (Delivery waiting in _underWay) waiting.Patience--;
        List<Delivery> due = [.. _underWay.Where(sent => sent.Patience <= 0 && sent.Body.Tenant != StuckTenant)];
        if (due.Count == 0) return;
        Delivery delivery = due[random.Next(due.Count)];
        if (delivery.WasHeld) coverage.Meet(Scenario.VeryLateAnswer);
        if (random.Next(12) == 0)
        {
            coverage.Meet(Scenario.PartialArrival);
            Apply(delivery, random.Next(delivery.Body.ItemCount + 1), answered: false);
            return;
        }
        _underWay.Remove(delivery);
        Apply(delivery, delivery.Body.ItemCount, answered: true);
        delivery.Completed(delivery.Body);
    }

    /// <summary>The process is gone: some of what was under way arrives all the same, wholly or in part; nobody hears of it.</summary>
    public void LoseProcess()
    {
        foreach (Delivery delivery in _underWay)
        {
            int arrived = random.Next(3) switch { 0 => 0, 1 => delivery.Body.ItemCount, _ => random.Next(delivery.Body.ItemCount + 1) };
            if (arrived > 0) coverage.Meet(Scenario.AnswerLost);
            Apply(delivery, arrived, answered: false);
        }
        _underWay.Clear();
    }

    // Unanswered: nobody hears of it, and it may come again.
    private void Apply(Delivery delivery, int count, bool answered)
    {
        BulkBody body = delivery.Body;
        if (body.LookUpFirst && !delivery.LookedUp && !LookUp(body)) return;
        delivery.LookedUp = true;
        for (int index = 0; index < count; index++)
        {
            ref BulkItem item = ref body.Items[index];
            if (item.Outcome != ItemOutcome.Unknown) continue;
            (string Index, string Id) address = Address(body, item);
            if (Documents.TryGetValue(address, out StoredDocument? stored))
            {
                if (answered) Judge(body, ref item, stored, address);
                continue;
            }
            var document = StoredDocument.Parse(address.Index, address.Id, body.SourceLine(item), isDeadLetter: false);
            if (IsRefused(document)) DeadLetter(ref item, address, document, answered);
            else
            {
                Documents.Add(address, document);
                if (answered) item.Outcome = ItemOutcome.Stored;
            }
        }
    }

    private bool IsRefused(StoredDocument document) => RefusesOneIn > 0 && document.Offset % RefusesOneIn == 0;

    private void DeadLetter(ref BulkItem item, (string Index, string Id) address, StoredDocument document, bool answered)
    {
        coverage.Meet(Scenario.DeadLettered);
        if (item.IsCollision && DeadLetters.ContainsKey(address)) address.Id = $"{address.Id}.{document.LengthBytes}";
        if (!DeadLetters.TryGetValue(address, out StoredDocument? known)) DeadLetters[address] = known = document with { Id = address.Id, IsDeadLetter = true, IsCollision = item.IsCollision };
        if (!answered) return;
        item.Outcome = known.LengthBytes == document.LengthBytes ? ItemOutcome.DeadLettered : ItemOutcome.Conflict;
        item.StoredLengthBytes = known.LengthBytes;
    }

    // False: it is certain what becomes of the body, and nothing is sent.
    private bool LookUp(BulkBody body)
    {
        bool conflict = false;
        foreach (ref BulkItem item in body.Items)
        {
            coverage.Meet(Scenario.LookedUp);
            (string Index, string Id) address = Address(body, item);
            bool known = Documents.TryGetValue(address, out StoredDocument? stored);
            item.WasFound = known || DeadLetters.ContainsKey(address);
            if (known) Judge(body, ref item, stored!, address);
            else if (DeadLetters.TryGetValue(address, out StoredDocument? letter))
            {
                item.Outcome = letter.LengthBytes == item.RecordLengthBytes ? ItemOutcome.DeadLettered : item.IsCollision ? ItemOutcome.Unknown : ItemOutcome.Conflict;
                item.StoredLengthBytes = letter.LengthBytes;
            }
            conflict |= item.Outcome == ItemOutcome.Conflict;
        }
        if (!conflict) return true;
        foreach (ref BulkItem item in body.Items)
            if (item.Outcome == ItemOutcome.Unknown) item.Outcome = ItemOutcome.NotSent;
        return false;
    }

    private void Judge(BulkBody body, ref BulkItem item, StoredDocument stored, (string Index, string Id) address)
    {
        item.Outcome = stored.LengthBytes == item.RecordLengthBytes ? ItemOutcome.Stored : ItemOutcome.Conflict;
        item.StoredLengthBytes = stored.LengthBytes;
        if (item.Outcome == ItemOutcome.Conflict)
        {
            _conflicts.Add($"{stored.Stream} {stored.Sequence}: {stored.LengthBytes} bytes are stored, {item.RecordLengthBytes} came");
            SimulationTrace.Write($"conflict {stored.Sequence}+{stored.LengthBytes}, not {item.RecordLengthBytes}");
        }
        if (item is { Outcome: ItemOutcome.Conflict, IsCollision: true })
        {
            var document = StoredDocument.Parse(address.Index, address.Id, body.SourceLine(item), isDeadLetter: true);
            DeadLetters.TryAdd((address.Index, $"{address.Id}.{document.LengthBytes}"), document with { Id = $"{address.Id}.{document.LengthBytes}", IsCollision = true });
            item.Outcome = ItemOutcome.DeadLettered;
            coverage.Meet(Scenario.Collision);
        }
        if (item.Outcome == ItemOutcome.Conflict) coverage.Meet(Scenario.ConflictFollowed);
    }

    private static (string Index, string Id) Address(BulkBody body, in BulkItem item)
    {
        using JsonDocument action = JsonDocument.Parse(body.ActionLine(item).ToArray());
        JsonElement create = action.RootElement.GetProperty("create");
        return (create.GetProperty("_index").GetString()!, create.GetProperty("_id").GetString()!);
    }

    public IReadOnlyList<string> Conflicts => _conflicts;

    private sealed class Delivery(BulkBody body, Action<BulkBody> completed)
    {
        public BulkBody Body { get; } = body;
        public Action<BulkBody> Completed { get; } = completed;
        public bool LookedUp { get; set; }

        public bool WasHeld { get; init; }

        /// <summary>How many answers others get first.</summary>
        public int Patience { get; set; }
    }
}
