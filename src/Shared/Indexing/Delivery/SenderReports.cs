using LogPipeline.Indexing.Connections;
using LogPipeline.Observability;

namespace LogPipeline.Indexing.Delivery;

/// <summary>Counters and log events of the sender. Events tell of changes of state: one for each thing that a person may put right.</summary>
internal sealed class SenderReports(PipelineMetrics metrics, IPipelineLog log)
{
    /// <summary>Refusals that are told apart; more kinds than this are counted only.</summary>
    private const int MaxToldRefusals = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _holds = [];
    private readonly HashSet<(string Tenant, string Type)> _toldRefusals = [];
    private readonly StoreTrouble _trouble = new(log);

    public void Request(StoreAnswer answer, long bytes)
    {
        if (answer.Failure == StoreFailure.Stopped) return;
        metrics.BulkRequests.Add(1, new KeyValuePair<string, object?>("status", StatusText(answer.Status)));
        metrics.BulkBytes.Add(bytes);
        metrics.BulkRequestSeconds.Record(answer.Elapsed.TotalSeconds);
    }

    public void Retried(string reason, int documents) => metrics.BulkRetries.Add(documents, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>What follows from an answer, beside what it says of single documents.</summary>
    public void Answered(StoreEndpoint endpoint, StoreAnswer answer, WorkResult result, TimeSpan now)
    {
        if (result.Progress) _trouble.Over();
        else if (result.Retry.Count > 0 && answer.Failure != StoreFailure.None) _trouble.GoesOn($"{endpoint.Name} does not answer: {answer.Detail}.", isKnown: true, now);
        else if (result.Retry.Count > 0) _trouble.GoesOn($"{endpoint.Name} answers {result.RetryReason}{(result.RetryDetail.Length > 0 ? $" ({result.RetryDetail})" : "")}.", isKnown: false, now);
    }

    /// <summary>What has kept everything back for a while; null when nothing does.</summary>
    public string? TroubleAt(TimeSpan now) => _trouble.At(now);

    /// <summary>A tenant is held; told once for all tenants that are held by the same.</summary>
    public void Held(string tenant, HoldReason reason)
    {
        lock (_lock)
        {
            int tenants = _holds[reason.Key] = _holds.GetValueOrDefault(reason.Key) + 1;
            if (tenants > 1) return;
        }

        log.Write(PipelineLogLevel.Error, LogEvents.TenantHeld, $"The store refuses what is sent for tenant {tenant}: {reason.Text}. It is tried again slowly; nothing is lost as long as the log files are there.");
    }

    public void Released(string tenant, HoldReason reason)
    {
        lock (_lock)
        {
            int tenants = _holds.GetValueOrDefault(reason.Key) - 1;
            if (tenants > 0)
            {
                _holds[reason.Key] = tenants;
                return;
            }

            _holds.Remove(reason.Key);
        }

        log.Write(PipelineLogLevel.Info, LogEvents.TenantReleased, $"The store takes what is sent for tenant {tenant} again.");
    }

    /// <summary>Dead letters are stored.</summary>
    public void DeadLettered(BodyDelivery letters)
    {
        string tenant = letters.Body.Tenant;
        for (int i = 0; i < letters.Letters.Count; i++)
        {
            if (letters.Body.Items[i].Outcome != ItemOutcome.Stored || letters.Letters[i].Part > 0) continue;
            DeadLetterReason reason = letters.Letters[i].Reason;
            metrics.DeadLetters.Add(1, new KeyValuePair<string, object?>("tenant", tenant), new KeyValuePair<string, object?>("reason", reason.Type));
            lock (_lock)
            {
                if (_toldRefusals.Count >= MaxToldRefusals || !_toldRefusals.Add((tenant, reason.Type))) continue;
            }

            if (reason.Type == DeadLetterReason.IdCollision)
            {
                log.Write(PipelineLogLevel.Error, LogEvents.IdCollision, $"A different record is stored under the id of a record of tenant {tenant}; the record is in the dead-letter index. Further ones are only counted.");
            }
            else
            {
                log.Write(PipelineLogLevel.Warning, LogEvents.DocumentRefused, $"The store refused a document of tenant {tenant} for good ({reason.Type}: {reason.Reason}); it is in the dead-letter index. Further ones of this kind are only counted.");
            }
        }
    }

    public void Reachability(StoreEndpoint endpoint, StoreAnswer answer)
    {
        if (answer.Failure == StoreFailure.None) log.Write(PipelineLogLevel.Info, LogEvents.StoreReachable, $"{endpoint.Name} answers again.");
        else log.Write(PipelineLogLevel.Warning, LogEvents.StoreUnreachable, $"{endpoint.Name} does not answer: {answer.Detail}. What was sent is sent again.");
    }

    public void Fault(Exception exception) =>
        log.Write(PipelineLogLevel.Error, LogEvents.SenderFault, $"A fault in the sender; the documents are sent again: {exception.GetType().Name}: {exception.Message}");

    private static string StatusText(int status) => status switch
    {
        200 => "200",
        0 => "0",
        _ => status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
