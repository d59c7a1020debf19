using System.Text.Json;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Search;

public sealed partial class LogSearch
{
    private const long ContextWindowNanos = 3600 * NanoTime.NanosPerSecond;

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

            // An index finds a stream at once; a store that has to look through its records may not have the time. The lines of a stream are
            // almost always in the order of their times, so an hour around the record holds its neighbours: said to be so, never silently.
            SearchOutcome<LogContext> exact = await NeighboursAsync(stream, record, before, after, null, timeout / 2, cancellation);
            bool outOfTime = exact.Failure?.Kind == SearchFailureKind.TimedOut || exact.Value?.Incomplete is not null;
            return outOfTime && record.TimestampNanos > 0
                ? await NeighboursAsync(stream, record, before, after, HourAround(record), timeout, cancellation)
                : exact;
        }
    }

    private static LogFilter HourAround(LogRecord record) => new()
    {
        FromNanos = Math.Max(0, record.TimestampNanos - ContextWindowNanos),
        ToNanos = record.TimestampNanos + ContextWindowNanos,
    };

    private async Task<SearchOutcome<LogContext>> NeighboursAsync(
        SubStreamIdentity stream, LogRecord record, int before, int after, LogFilter? window, TimeSpan patience, CancellationToken cancellation)
    {
        Task<SearchOutcome<LogResults>> older = NeighboursAsync(stream, record, SearchOrder.NewestFirst, before, window, patience, cancellation);
        Task<SearchOutcome<LogResults>> newer = NeighboursAsync(stream, record, SearchOrder.OldestFirst, after, window, patience, cancellation);
        await Task.WhenAll(older, newer);
        if (!(await older).TryGet(out LogResults? beforeIt, out SearchFailure? failure) || !(await newer).TryGet(out LogResults? afterIt, out failure))
        {
            return failure;
        }

        return new LogContext
        {
            Before = [.. beforeIt.Records.Take(before).Reverse()],
            Record = record,
            After = [.. afterIt.Records.Take(after)],
            MoreBefore = beforeIt.Records.Count > before,
            MoreAfter = afterIt.Records.Count > after,
            Incomplete = window is null ? beforeIt.Incomplete ?? afterIt.Incomplete : "The store had no time to look through everything: these are the neighbours within an hour of the line.",
        };
    }

    // One more than asked, nearest first: the additional one only says that there are more.
    private async Task<SearchOutcome<LogResults>> NeighboursAsync(
        SubStreamIdentity stream, LogRecord record, SearchOrder order, int count, LogFilter? window, TimeSpan patience, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> body = SearchBody.Create(patience, count + 1, json =>
        {
            json.WriteBoolean("track_total_hits", false);
            json.WritePropertyName("query");
            QueryDsl.Write(json, window ?? new LogFilter(), stream.Query);
            SearchBody.WriteSortBySequence(json, order);
            json.WriteStartArray("search_after");
            json.WriteStringValue(record.Sequence);
            WriteNullable(json, record.FileId);
            json.WriteEndArray();
        });
        SearchOutcome<StoreAnswer> outcome = await AskAsync(body, cancellation, patience);
        if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure))
        {
            return failure;
        }

        using (answer)
        {
            return new LogResults { Records = answer.Document is null ? [] : HitReader.ReadAll(answer.Document.RootElement), Incomplete = MissingPart(answer) };
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
