namespace LogPipeline.Indexing.Delivery;

/// <summary>
/// A body on its way: which outcomes are certain, what is known of the others, and the dead letters that it needs. A body of dead
/// letters is itself one, with <see cref="Parent"/>. Changed only under <see cref="Sync"/>.
/// </summary>
public sealed class BodyDelivery
{
    /// <summary>Source bytes of the dead letters that are encoded at once for one body: bounds the memory beyond the body's own.</summary>
    private const int DeadLetterSourceBytes = 1 << 20;

    private readonly Queue<(int Item, DeadLetterReason Reason, bool Suffixed)> _refused = [];
    private bool _allUnanswered;
    private bool[]? _unanswered;
    private bool _deadLettersUnderWay;
    private bool _completed;

    public BodyDelivery(BulkBody body, Action<BulkBody> completed)
    {
        Body = body;
        Completed = completed;
        Unsettled = body.ItemCount;
        Sync = new Lock();
    }

    private BodyDelivery(BulkBody body, BodyDelivery parent, (int Item, DeadLetterReason Reason)[] letters, bool suffixed)
    {
        Body = body;
        Parent = parent;
        Letters = letters;
        AreSuffixed = suffixed;
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
    public IReadOnlyList<(int Item, DeadLetterReason Reason)> Letters { get; } = [];

    /// <summary>The dead letters' ids name their content, so that something stored under one is the same.</summary>
    public bool AreSuffixed { get; }

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

    /// <summary>The store may have these documents, and did not say so: a 409 for one of them is its own echo.</summary>
    public void MarkUnanswered(BulkWork work)
    {
        if (work.Items is null)
        {
            _allUnanswered = true;
            return;
        }

        _unanswered ??= new bool[Body.ItemCount];
        foreach (int item in work.Items) _unanswered[item] = true;
    }

    public bool WasUnanswered(int item) => _allUnanswered || (_unanswered is not null && _unanswered[item]);

    /// <summary>True once, when the last outcome is certain.</summary>
    public bool TakeCompletion()
    {
        if (Unsettled > 0 || _completed) return false;
        return _completed = true;
    }

    /// <summary>The next attempt for those documents of a request whose outcome is not certain and that are not dead letters to be.</summary>
    public BulkWork Remaining(BulkWork work)
    {
        HashSet<int> refused = [.. _refused.Select(r => r.Item)];
        return work.Again([.. Enumerable.Range(0, work.Count).Select(work.Item).Where(i => Body.Items[i].Outcome == ItemOutcome.Unknown && !refused.Contains(i))]);
    }

    /// <summary>A document is to become a dead letter.</summary>
    public void Refuse(int item, DeadLetterReason reason, bool suffixed = false) => _refused.Enqueue((item, reason, suffixed));

    /// <summary>The next dead letters to send; null when there are none, or some are under way.</summary>
    public BodyDelivery? TakeDeadLetters(DateTimeOffset now)
    {
        if (_deadLettersUnderWay || _refused.Count == 0) return null;
        bool suffixed = _refused.Peek().Suffixed;
        BulkBody letters = new(Body.Tenant, 64 << 10);
        List<(int, DeadLetterReason)> taken = [];
        int bytes = 0;
        while (_refused.TryPeek(out var next) && next.Suffixed == suffixed && (taken.Count == 0 || bytes + Body.Items[next.Item].SourceLength <= DeadLetterSourceBytes))
        {
            _refused.Dequeue();
            bytes += Body.Items[next.Item].SourceLength;
            DeadLetterEncoder.Append(letters, Body, Body.Items[next.Item], next.Reason, suffixed, now);
            taken.Add((next.Item, next.Reason));
        }

        _deadLettersUnderWay = true;
        return new BodyDelivery(letters, this, [.. taken], suffixed);
    }

    /// <summary>All outcomes of some dead letters are certain: passes them on to the documents that they are about.</summary>
    public void DeadLettersSettled(BodyDelivery letters)
    {
        _deadLettersUnderWay = false;
        for (int i = 0; i < letters.Letters.Count; i++)
        {
            (int item, DeadLetterReason reason) = letters.Letters[i];
            ref BulkItem letter = ref letters.Body.Items[i];
            if (letter.Outcome == ItemOutcome.Stored) Settle(item, ItemOutcome.DeadLettered);
            else if (letter.StoredLengthBytes >= 0) SettleConflict(item, letter.StoredLengthBytes);
            else Refuse(item, reason, suffixed: true);
        }
    }
}
