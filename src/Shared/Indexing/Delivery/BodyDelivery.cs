namespace LogPipeline.Indexing.Delivery;

/// <summary>
/// A body on its way: which outcomes are certain, what is known of the others, and the dead letters that it needs. A body of dead
/// letters is itself one, with <see cref="Parent"/>. Changed only under <see cref="Sync"/>.
/// </summary>
public sealed class BodyDelivery
{
    /// <summary>Source bytes of the dead letters that are encoded at once for one body: bounds the memory beyond the body's own.</summary>
    private const int DeadLetterSourceBytes = 1 << 20;

    private readonly LinkedList<DeadLetter> _refused = [];
    private bool _deadLettersUnderWay;
    private bool _completed;

    public BodyDelivery(BulkBody body, Action<BulkBody> completed)
    {
        Body = body;
        Completed = completed;
        Unsettled = body.ItemCount;
        Sync = new Lock();
    }

    private BodyDelivery(BulkBody body, BodyDelivery parent, List<DeadLetter> letters)
    {
        Body = body;
        Parent = parent;
        Letters = letters;
        Completed = _ => { };
        Unsettled = body.ItemCount;
        Sync = parent.Sync;
    }

    /// <summary>One lock for a body and its dead letters.</summary>
    public Lock Sync { get; }

    public BulkBody Body { get; }

    public Action<BulkBody> Completed { get; }

    /// <summary>Documents whose outcome is not certain.</summary>
    public int Unsettled { get; private set; }

    /// <summary>The body whose dead letters these are; null for documents of log files.</summary>
    public BodyDelivery? Parent { get; }

    public bool AreDeadLetters => Parent is not null;

    /// <summary>Of dead letters: for each, the parent's document and why.</summary>
    public IReadOnlyList<DeadLetter> Letters { get; } = [];

    /// <summary>The dead letters' ids name their content, so that something stored under one is the same.</summary>
    public bool AreSuffixed => Letters.Count > 0 && Letters[0].Suffixed;

    /// <summary>What the look-up before sending found, for each document; null when there is none.</summary>
    public LookUpResults? LookUps { get; set; }

    /// <summary>An outcome is certain. Each document's outcome is settled once.</summary>
    public void Settle(int item, ItemOutcome outcome)
    {
        ref BulkItem settled = ref Body.Items[item];
        if (settled.Outcome != ItemOutcome.Unknown) throw new InvalidOperationException($"The outcome of document {item} is {settled.Outcome} already.");
        settled.Outcome = outcome;
        Unsettled--;
    }

    /// <summary>The usual case, all at once: nothing was settled before.</summary>
    public void SettleAllStored()
    {
        if (Unsettled != Body.ItemCount) throw new InvalidOperationException("Some outcomes are settled already.");
        foreach (ref BulkItem item in Body.Items) item.Outcome = ItemOutcome.Stored;
        Unsettled = 0;
    }

    /// <summary>The store has a record of another length under the id; -1: another record.</summary>
    public void SettleConflict(int item, long storedLengthBytes)
    {
        Body.Items[item].StoredLengthBytes = storedLengthBytes;
        Settle(item, ItemOutcome.Conflict);
    }

    /// <summary>True once, when the last outcome is certain.</summary>
    public bool TakeCompletion()
    {
        if (Unsettled > 0 || _completed) return false;
        return _completed = true;
    }

    /// <summary>The next attempt for those documents of a request whose outcome is not certain and that are not dead letters to be.</summary>
    public BulkWork Remaining(BulkWork work)
    {
        HashSet<int> refused = [.. _refused.Select(l => l.Item)];
        return work.Again([.. Enumerable.Range(0, work.Count).Select(work.Item).Where(i => Body.Items[i].Outcome == ItemOutcome.Unknown && !refused.Contains(i))]);
    }

    /// <summary>A document is to become a dead letter.</summary>
    public void Refuse(int item, DeadLetterReason reason, bool suffixed = false) => _refused.AddLast(new DeadLetter(item, reason, suffixed));

    /// <summary>The next dead letters to send; null when there are none, or some are under way.</summary>
    public BodyDelivery? TakeDeadLetters(DateTimeOffset now)
    {
        if (_deadLettersUnderWay || _refused.Count == 0) return null;
        BulkBody body = new(Body.Tenant, 64 << 10);
        List<DeadLetter> taken = [];
        int bytes = 0;
        while (_refused.First?.Value is { } next && Fits(next))
        {
            _refused.RemoveFirst();
            bytes += Body.Items[next.Item].SourceLength;
            DeadLetterEncoder.Append(body, Body, next, now);
            taken.Add(next);
        }

        _deadLettersUnderWay = true;
        return new BodyDelivery(body, this, taken);

        bool Fits(DeadLetter next) => taken.Count == 0
            || (next.Parts == 1 && taken[0].Parts == 1 && next.Suffixed == taken[0].Suffixed && bytes + Body.Items[next.Item].SourceLength <= DeadLetterSourceBytes);
    }

    /// <summary>A dead letter alone is larger than the store takes: its document is written in parts. False when it already is in too many.</summary>
    public bool TrySplitLetter(int item)
    {
        if (Letters[item].Parts >= DeadLetter.MaxParts) return false;
        Settle(item, ItemOutcome.NotSent);
        return true;
    }

    /// <summary>All outcomes of some dead letters are certain: passes them on to the documents that they are about.</summary>
    public void DeadLettersSettled(BodyDelivery letters)
    {
        _deadLettersUnderWay = false;
        for (int i = 0; i < letters.Letters.Count; i++)
        {
            DeadLetter letter = letters.Letters[i];
            ref BulkItem sent = ref letters.Body.Items[i];
            if (sent.Outcome == ItemOutcome.NotSent) _refused.AddFirst(letter.Split());
            else if (sent.Outcome == ItemOutcome.Stored && letter.Part > 0) _refused.AddFirst(letter.Next());
            else if (sent.Outcome == ItemOutcome.Stored) Settle(letter.Item, ItemOutcome.DeadLettered);
            else if (sent.StoredLengthBytes >= 0) SettleConflict(letter.Item, sent.StoredLengthBytes);
            else _refused.AddFirst(letter with { Suffixed = true });
        }
    }
}
