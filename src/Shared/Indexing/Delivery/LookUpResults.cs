using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Indexing.Delivery;

/// <summary>What look-ups before sending have found for the documents of a body, gathered over several requests.</summary>
public sealed class LookUpResults(int count)
{
    private readonly Finding[] _findings = new Finding[count];
    private readonly long[] _lengths = new long[count];

    private enum Finding : byte
    {
        Unknown,
        Missing,
        Stored,
        DeadLettered,
        Conflict,
        Collision,
    }

    /// <summary>Documents that have not been looked up yet.</summary>
    public int Remaining { get; private set; } = count;

    /// <summary>What is stored under a document's id in its own index and in the dead-letter index.</summary>
    public void Add(int item, ref BulkItem document, in StoredRecord own, in StoredRecord deadLetter)
    {
        document.WasFound = own.State == StoredState.Found || deadLetter.State == StoredState.Found;
        if (_findings[item] == Finding.Unknown) Remaining--;
        _findings[item] = Finding.Missing;
        if (own.State == StoredState.Found)
        {
            ExtentMatch match = ExtentComparison.Of(document, own);
            _findings[item] = match switch { ExtentMatch.Same => Finding.Stored, ExtentMatch.OtherLength when !document.IsCollision => Finding.Conflict, _ => Finding.Collision };
            _lengths[item] = own.LengthBytes;
        }
        else if (deadLetter.State == StoredState.Found)
        {
            // A dead letter of another record does not keep this one from its own index.
            ExtentMatch match = ExtentComparison.Of(document, deadLetter);
            _findings[item] = match switch { ExtentMatch.Same => Finding.DeadLettered, ExtentMatch.OtherLength when !document.IsCollision => Finding.Conflict, _ => Finding.Missing };
            _lengths[item] = deadLetter.LengthBytes;
        }
    }

    /// <summary>
    /// Settles what is certain and returns the documents to send. With a conflict none is sent, as where the records after it begin may
    /// change.
    /// </summary>
    public int[] Settle(BodyDelivery delivery)
    {
        bool conflict = _findings.AsSpan().Contains(Finding.Conflict);
        List<int> missing = [];
        for (int i = 0; i < _findings.Length; i++)
        {
            switch (_findings[i])
            {
                case Finding.Stored:
                    delivery.Settle(i, ItemOutcome.Stored);
                    break;
                case Finding.DeadLettered:
                    delivery.Settle(i, ItemOutcome.DeadLettered);
                    break;
                case Finding.Conflict:
                    delivery.SettleConflict(i, _lengths[i]);
                    break;
                case var _ when conflict:
                    delivery.Settle(i, ItemOutcome.NotSent);
                    break;
                case Finding.Collision:
                    AnswerRules.RefuseCollision(delivery, i);
                    break;
                default:
                    missing.Add(i);
                    break;
            }
        }

        return [.. missing];
    }
}
