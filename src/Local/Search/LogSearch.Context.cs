using System.Text.Json;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Search;

public sealed partial class LogSearch
{
    /// <summary>
    /// The records right before and right after one, in its own sub-stream, as <c>grep -C</c> would print them: by
    /// <c>log.sequence</c>, across rotated files and restarts of the container. <paramref name="before"/> and <paramref name="after"/>
    /// are 0 to <see cref="MaxPageSize"/> − 1. To go on, ask for the context of the outermost record.
    /// </summary>
    public async Task<SearchOutcome<LogContext>> ContextAsync(string index, string id, int before, int after, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(before);
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(before, MaxPageSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(after, MaxPageSize);
        SearchOutcome<StoreAnswer> outcome = await GetDocumentAsync(index, id, cancellation);
        if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure))
        {
            return failure;
        }

        using (answer)
        {
            JsonElement hit = answer.Document!.RootElement;
            LogRecord record = HitReader.Read(hit, HitReader.ListBodyLength);
            if (record.Sequence is null || !SubStreamIdentity.TryRead(hit.GetProperty("_source"), out SubStreamIdentity stream))
            {
                return new SearchFailure(SearchFailureKind.BadQuestion, "This record does not say where in its file it stood (attributes.log.sequence), so its neighbours are unknown. Another program stored it.");
            }

            SearchOutcome<List<LogRecord>> older = await NeighboursAsync(stream, record, SearchOrder.NewestFirst, before, cancellation);
            if (!older.TryGet(out List<LogRecord>? beforeIt, out failure))
            {
                return failure;
            }

            SearchOutcome<List<LogRecord>> newer = await NeighboursAsync(stream, record, SearchOrder.OldestFirst, after, cancellation);
            if (!newer.TryGet(out List<LogRecord>? afterIt, out failure))
            {
                return failure;
            }

            return new LogContext
            {
                Before = [.. beforeIt.Take(before).Reverse()],
                Record = record,
                After = [.. afterIt.Take(after)],
                MoreBefore = beforeIt.Count > before,
                MoreAfter = afterIt.Count > after,
            };
        }
    }

    // One more than asked, nearest first: the additional one only says that there are more.
    private async Task<SearchOutcome<List<LogRecord>>> NeighboursAsync(SubStreamIdentity stream, LogRecord record, SearchOrder order, int count, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> body = SearchBody.Create(timeout, count + 1, json =>
        {
            json.WriteBoolean("track_total_hits", false);
            json.WritePropertyName("query");
            stream.WriteQuery(json);
            SearchBody.WriteSortBySequence(json, order);
            json.WriteStartArray("search_after");
            json.WriteStringValue(record.Sequence);
            WriteNullable(json, record.FileId);
            json.WriteEndArray();
        });
        SearchOutcome<StoreAnswer> outcome = await AskAsync(body, cancellation);
        if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure))
        {
            return failure;
        }

        using (answer)
        {
            return answer.Document is null ? [] : HitReader.ReadAll(answer.Document.RootElement);
        }
    }

    private static void WriteNullable(Utf8JsonWriter json, string? value)
    {
        if (value is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStringValue(value);
        }
    }
}
