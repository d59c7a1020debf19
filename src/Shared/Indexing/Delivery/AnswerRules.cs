using System.Buffers;
using System.Globalization;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Indexing.Delivery;

/// <summary>
/// What follows from an answer for the documents of a request: settles outcomes that are certain, and says what to do for the others.
/// No I/O, no clock, no randomness. Called under the delivery's lock.
/// </summary>
/// <remarks>
/// A document that the server dies of, or that a proxy on the way cuts off, shows as a connection closed without an answer, which is also
/// what any outage looks like. The rule: a closure counts against the documents of a request only if the endpoint had answered
/// (<c>GET /</c>) right before, with no other suspect under way. At <see cref="IsolateAfter"/> closures a request is halved, its halves at
/// each further one. A single document that was closed on <see cref="GiveUpAfter"/> times, and is not stored, is a dead letter.
/// </remarks>
public static class AnswerRules
{
    /// <summary>Closures, and doubts, after which a request of several documents is halved.</summary>
    public const int IsolateAfter = 3;

    /// <summary>Closures after which a single document that is not stored is a dead letter.</summary>
    public const int GiveUpAfter = 5;

    /// <summary>A request refused for load again and again is halved down to this: circuit breakers and indexing pressure may leave no room for its size.</summary>
    private const long SmallRequestBytes = 64 << 10;

    /// <summary>After an answer to <c>_bulk</c>.</summary>
    public static WorkResult AfterSend(BulkWork work, StoreAnswer answer)
    {
        WorkResult result = new() { Progress = true };
        BodyDelivery delivery = work.Delivery;
        RequestVerdict verdict = BulkVerdicts.OfRequest(answer);
        if (verdict == RequestVerdict.ReadItems)
        {
            if (BulkResponseReader.IsAllCreated(answer.Body, work.Count)) SettleStored(work);
            else if (!TryReadItems(work, answer.Body, result)) verdict = RequestVerdict.Unreadable;
        }

        switch (verdict)
        {
            case RequestVerdict.Retry:
                RetryWhole(work, answer, result);
                break;
            case RequestVerdict.TooLarge or RequestVerdict.Refused when work.Count > 1:
                AddHalves(work, result.Next);
                break;
            case RequestVerdict.TooLarge or RequestVerdict.Refused when delivery.AreDeadLetters:
                if (verdict == RequestVerdict.Refused || !delivery.TrySplitLetter(work.Item(0))) Hold(work, answer, result);
                break;
            case RequestVerdict.TooLarge:
                delivery.Refuse(work.Item(0), new DeadLetterReason(DeadLetterReason.TooLarge, "the document alone is larger than the store takes in a request", answer.Status));
                break;
            case RequestVerdict.Refused:
                StoreError error = StoreError.ParseBody(answer.Body);
                delivery.Refuse(work.Item(0), new DeadLetterReason(error.Type, error.Reason, answer.Status));
                break;
            case RequestVerdict.Hold:
                Hold(work, answer, result);
                break;
            case RequestVerdict.Closed:
                AfterClosure(work, result);
                break;
            case RequestVerdict.TimedOut:
            case RequestVerdict.Unreadable:
                AfterDoubt(work, verdict, result);
                break;
        }

        return result;
    }

    /// <summary>After an answer to <c>_mget</c> of documents that were in the store already.</summary>
    public static WorkResult AfterVerify(BulkWork work, StoreAnswer answer)
    {
        WorkResult result = new();
        if (!TryReadRecords(work, answer, result, out StoredRecord[] records)) return result;
        List<int> missing = [], unknown = [];
        for (int i = 0; i < records.Length; i++)
        {
            int item = work.Item(i);
            switch (records[i].State)
            {
                case StoredState.Missing when work.Closures >= GiveUpAfter:
                    work.Delivery.Refuse(item, new DeadLetterReason(DeadLetterReason.ConnectionClosed, $"the store closed the connection {GiveUpAfter} times on this document alone", 0));
                    break;
                case StoredState.Missing:
                    missing.Add(item);
                    break;
                case StoredState.Found:
                    SettleFound(work.Delivery, item, records[i]);
                    break;
                default:
                    unknown.Add(item);
                    NoteError(work, records[i], result);
                    break;
            }
        }

        // Deleted meanwhile, or on a copy that is behind: the next 409 asks again.
        if (missing.Count > 0) result.Retry.Add(work.Other(WorkKind.Send, [.. missing]) with { Attempts = work.Attempts + 1 });
        Repeat(work, unknown, result);
        if (result.Retry.Count > 0) result.RetryReason = "verify";
        return result;
    }

    /// <summary>After an answer to <c>_mget</c> of documents that have not been sent: when all are looked up, settles and goes on.</summary>
    public static WorkResult AfterLookUp(BulkWork work, StoreAnswer answer)
    {
        WorkResult result = new();
        if (!TryReadRecords(work, answer, result, out StoredRecord[] records)) return result;
        BodyDelivery delivery = work.Delivery;
        LookUpResults lookUps = delivery.LookUps ?? throw new InvalidOperationException("A look-up without a place for its results.");
        List<int> unknown = [];
        for (int i = 0; i < work.Count; i++)
        {
            int item = work.Item(i);
            StoredRecord own = records[i * 2], deadLetter = records[(i * 2) + 1];
            bool certain = own.State == StoredState.Found || (own.State == StoredState.Missing && deadLetter.State >= StoredState.Missing);
            if (certain) lookUps.Add(item, ref delivery.Body.Items[item], own, deadLetter);
            else
            {
                unknown.Add(item);
                NoteError(work, own.State < StoredState.Missing ? own : deadLetter, result);
            }
        }

        Repeat(work, unknown, result);
        if (result.Retry.Count > 0) result.RetryReason = "look_up";
        if (lookUps.Remaining > 0) return result;
        int[] missing = lookUps.Settle(delivery);
        delivery.LookUps = null;
        if (missing.Length > 0) result.Next.Add(work.Other(WorkKind.Send, missing.Length == delivery.Body.ItemCount ? null : missing));
        return result;
    }

    /// <summary>Another record is stored under a document's id: the document is kept as a dead letter.</summary>
    internal static void RefuseCollision(BodyDelivery delivery, int item)
    {
        delivery.Body.Items[item].StoredLengthBytes = -1;
        delivery.Refuse(item, new DeadLetterReason(DeadLetterReason.IdCollision, "another record is stored under this id", 409), suffixed: true);
    }

    private static void SettleStored(BulkWork work)
    {
        if (work.Items is null) work.Delivery.SettleAllStored();
        else foreach (int item in work.Items) work.Delivery.Settle(item, ItemOutcome.Stored);
    }

    private static bool TryReadItems(BulkWork work, ReadOnlySpan<byte> body, WorkResult result)
    {
        ItemAnswer[] rented = ArrayPool<ItemAnswer>.Shared.Rent(work.Count);
        Span<ItemAnswer> answers = rented.AsSpan(0, work.Count);
        bool read = BulkResponseReader.TryRead(body, answers);
        if (read) SortItems(work, body, answers, result);
        ArrayPool<ItemAnswer>.Shared.Return(rented);
        return read;
    }

    private static void SortItems(BulkWork work, ReadOnlySpan<byte> body, ReadOnlySpan<ItemAnswer> answers, WorkResult result)
    {
        BodyDelivery delivery = work.Delivery;
        List<int> retry = [], verify = [], held = [];
        int lastRetried = 0;
        for (int i = 0; i < answers.Length; i++)
        {
            ItemAnswer answer = answers[i];
            ReadOnlySpan<byte> error = body.Slice(answer.ErrorStart, answer.ErrorLength);
            int item = work.Item(i);
            switch (BulkVerdicts.OfItem(answer.Status, error))
            {
                case ItemVerdict.Stored:
                    delivery.Settle(item, ItemOutcome.Stored);
                    break;
                case ItemVerdict.Exists when delivery.AreSuffixed:
                    delivery.Settle(item, ItemOutcome.Stored);
                    break;
                case ItemVerdict.Exists:
                    // Also after a lost answer: most likely its own echo, but only the store knows, and asking costs one request.
                    verify.Add(item);
                    break;
                case ItemVerdict.Retry:
                    retry.Add(item);
                    result.Overloaded |= answer.Status == 429;
                    lastRetried = answer.Status;
                    if (result.RetryDetail.Length == 0) result.RetryDetail = Describe(StoreError.Parse(error));
                    break;
                case ItemVerdict.Refused when !delivery.AreDeadLetters:
                    StoreError refusal = StoreError.Parse(error);
                    delivery.Refuse(item, new DeadLetterReason(refusal.Type, refusal.Reason, answer.Status));
                    break;
                default:
                    held.Add(item);
                    result.Hold ??= ItemHold(work, answer.Status, StoreError.Parse(error));
                    break;
            }
        }

        result.Progress = retry.Count < answers.Length;
        if (retry.Count > 0)
        {
            result.Retry.Add(work.Again([.. retry]) with { Closures = 0, Doubts = 0 });
            result.RetryReason = StatusReason(lastRetried);
        }

        for (int i = 0; i < verify.Count; i += LookUpRequest.MaxDocuments)
        {
            int[] slice = [.. verify.Skip(i).Take(LookUpRequest.MaxDocuments)];
            // Attempts go on counting, so that a store that says both 409 and missing is asked ever more slowly.
            result.Next.Add(work.Other(WorkKind.Verify, slice) with { Attempts = work.Attempts });
        }

        if (held.Count > 0) result.Held = work.Again([.. held]) with { Closures = 0, Doubts = 0 };
    }

    private static void SettleFound(BodyDelivery delivery, int item, in StoredRecord stored)
    {
        switch (ExtentComparison.Of(delivery.Body.Items[item], stored))
        {
            case ExtentMatch.Same:
                delivery.Settle(item, ItemOutcome.Stored);
                break;
            case ExtentMatch.OtherLength when !delivery.Body.Items[item].IsCollision:
                delivery.SettleConflict(item, stored.LengthBytes);
                break;
            case ExtentMatch.OtherRecord or ExtentMatch.OtherLength when delivery.AreDeadLetters:
                // The parent sends it again under an id of its own.
                delivery.SettleConflict(item, -1);
                break;
            default:
                RefuseCollision(delivery, item);
                break;
        }
    }

    private static bool TryReadRecords(BulkWork work, StoreAnswer answer, WorkResult result, out StoredRecord[] records)
    {
        records = new StoredRecord[LookUpRequest.EntryCount(work)];
        result.Progress = true;
        switch (BulkVerdicts.OfRequest(answer))
        {
            case RequestVerdict.ReadItems when MultiGetReader.TryRead(answer.Body, records):
                return true;
            case RequestVerdict.TooLarge when work.Count > 1:
                AddHalves(work, result.Next);
                return false;
            case RequestVerdict.Hold or RequestVerdict.Refused or RequestVerdict.TooLarge:
                Hold(work, answer, result);
                return false;
            default:
                RetryWhole(work, answer, result);
                return false;
        }
    }

    private static void NoteError(BulkWork work, in StoredRecord record, WorkResult result)
    {
        if (record.State == StoredState.Hold) result.Hold ??= ItemHold(work, 403, record.Error);
    }

    private static void Repeat(BulkWork work, List<int> unknown, WorkResult result)
    {
        if (unknown.Count == 0) return;
        BulkWork again = work.Again([.. unknown]);
        if (result.Hold is null) result.Retry.Add(again);
        else result.Held = again;
    }

    private static void RetryWhole(BulkWork work, StoreAnswer answer, WorkResult result)
    {
        result.Progress = false;
        result.Overloaded = answer.Status is 429 or 503;
        result.RetryDetail = answer.Failure == StoreFailure.None ? Describe(StoreError.ParseBody(answer.Body)) : answer.Detail;
        result.RetryReason = answer.Status > 0 ? StatusReason(answer.Status) : answer.Failure == StoreFailure.NotConnected ? "not_connected" : "no_answer";
        BulkWork again = work.Again(work.Items);
        if (work.Kind == WorkKind.Send && answer.Status == 429) again = again with { Doubts = work.Doubts + 1 };
        if (again.Doubts >= IsolateAfter && work.Count > 1 && again.RequestBytes() > SmallRequestBytes) AddHalves(again with { Doubts = 0 }, result.Retry);
        else result.Retry.Add(again);
    }

    private static void AfterClosure(BulkWork work, WorkResult result)
    {
        result.Progress = false;
        result.RetryReason = "no_answer";
        BulkWork again = work.Again(work.Items) with { Closures = work.Closures + 1 };
        bool single = work.Count == 1;
        if (single && again.Closures >= GiveUpAfter && !work.Delivery.AreDeadLetters)
        {
            // It may have been stored each time, with the answer lost.
            result.Next.Add(work.Other(WorkKind.Verify, work.Items) with { Closures = again.Closures });
        }
        else if (!single && again.Closures >= IsolateAfter)
        {
            AddHalves(again with { Closures = IsolateAfter - 1 }, result.Retry);
        }
        else
        {
            result.Retry.Add(again);
        }
    }

    private static void AfterDoubt(BulkWork work, RequestVerdict verdict, WorkResult result)
    {
        result.Progress = false;
        result.RetryReason = verdict == RequestVerdict.TimedOut ? "timeout" : "unreadable";
        BulkWork again = work.Again(work.Items) with { Doubts = work.Doubts + 1 };
        if (again.Doubts < IsolateAfter || (work.Count == 1 && verdict == RequestVerdict.TimedOut))
        {
            result.Retry.Add(again);
        }
        else if (work.Count > 1)
        {
            AddHalves(again with { Doubts = IsolateAfter - 1 }, result.Retry);
        }
        else
        {
            result.Held = again;
            result.Hold = new HoldReason("unreadable", "the answers to _bulk cannot be read, or leave documents out");
        }
    }

    private static void AddHalves(BulkWork work, List<BulkWork> target)
    {
        (BulkWork first, BulkWork second) = work.Halve();
        target.Add(Reset(first));
        target.Add(Reset(second));

        // A single document starts as a suspect at most: what it is given up for are its own closures.
        static BulkWork Reset(BulkWork half) => half.Count > 1 ? half : half with { Closures = Math.Min(half.Closures, 1), Doubts = 0 };
    }

    private static void Hold(BulkWork work, StoreAnswer answer, WorkResult result)
    {
        StoreError error = StoreError.ParseBody(answer.Body);
        string type = error.Type.Length > 0 ? error.Type : error.Reason;
        result.Held = work.Again(work.Items);
        // One person's act (credentials, address, a cluster block) frees every tenant that is held by it.
        result.Hold = new HoldReason($"{answer.Status} {type}", $"HTTP {answer.Status} {Describe(error)}".TrimEnd());
    }

    private static HoldReason ItemHold(BulkWork work, int status, StoreError error) =>
        new($"{work.Delivery.Body.Tenant} {error.Type}", $"{(work.Delivery.AreDeadLetters ? "dead letters are refused: " : "")}{status} {Describe(error)}");

    private static string StatusReason(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static string Describe(StoreError error) => error.Type.Length > 0 ? $"{error.Type}: {error.Reason}" : error.Reason;
}
