using System.Text.Json;
using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Web;

/// <summary>The questions that have one answer: records, histogram, facets, one document, its context.</summary>
internal sealed class SearchEndpoints(LogSearch search)
{
    private const int DefaultPageSize = 100;
    private const int MaxContext = 500;

    public async Task SearchAsync(HttpContext context)
    {
        IQueryCollection url = context.Request.Query;
        if (!FilterQuery.TryRead(url, out LogFilter filter, out SearchFailure? fault)
            || !FilterQuery.TryReadNumber(url, "size", 1, LogSearch.MaxPageSize, DefaultPageSize, out int size, out fault))
        {
            await Answers.WriteFailureAsync(context, fault!);
            return;
        }

        SearchOrder order = url["order"] == "oldest" ? SearchOrder.OldestFirst : SearchOrder.NewestFirst;
        string? cursor = url["cursor"].ToString() is { Length: > 0 } text ? text : null;
        await WriteAsync(context, await search.SearchAsync(filter, order, size, cursor, context.RequestAborted), static (json, page) =>
        {
            RecordJson.WriteList(json, "records", page.Records);
            RecordJson.WriteIfKnown(json, "next", page.Next);
            RecordJson.WriteIfKnown(json, "incomplete", page.Incomplete);
        });
    }

    public async Task HistogramAsync(HttpContext context)
    {
        IQueryCollection url = context.Request.Query;
        if (!FilterQuery.TryRead(url, out LogFilter filter, out SearchFailure? fault)
            || !FilterQuery.TryReadNumber(url, "buckets", 10, 500, 100, out int buckets, out fault))
        {
            await Answers.WriteFailureAsync(context, fault!);
            return;
        }

        await WriteAsync(context, await search.HistogramAsync(filter, buckets, context.RequestAborted), static (json, histogram) =>
        {
            json.WriteNumber("from", histogram.FromNanos / NanoTime.NanosPerMillisecond);
            json.WriteNumber("to", (histogram.ToNanos + NanoTime.NanosPerMillisecond - 1) / NanoTime.NanosPerMillisecond);
            json.WriteNumber("interval", histogram.IntervalNanos / NanoTime.NanosPerMillisecond);
            json.WriteNumber("total", histogram.Total);
            RecordJson.WriteIfKnown(json, "incomplete", histogram.Incomplete);
            json.WriteStartArray("levels");
            foreach (string level in LogLevels.Names)
            {
                json.WriteStringValue(level);
            }

            json.WriteStringValue(LogLevels.None);
            json.WriteEndArray();
            json.WriteStartArray("buckets");
            foreach (HistogramBucket bucket in histogram.Buckets)
            {
                json.WriteStartObject();
                json.WriteNumber("at", bucket.FromNanos / NanoTime.NanosPerMillisecond);
                json.WriteStartArray("counts");
                foreach (long count in bucket.Counts)
                {
                    json.WriteNumberValue(count);
                }

                json.WriteNumberValue(bucket.WithoutLevel);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    public async Task FacetsAsync(HttpContext context)
    {
        if (!FilterQuery.TryRead(context.Request.Query, out LogFilter filter, out SearchFailure? fault))
        {
            await Answers.WriteFailureAsync(context, fault!);
            return;
        }

        await WriteAsync(context, await search.FacetsAsync(filter, context.RequestAborted), static (json, facets) =>
        {
            WriteFacet(json, "tenant", facets.Tenants);
            WriteFacet(json, "namespace", facets.Namespaces);
            WriteFacet(json, "pod", facets.Pods);
            WriteFacet(json, "container", facets.Containers);
            WriteFacet(json, "level", facets.Levels);
        });
    }

    public async Task DocumentAsync(HttpContext context)
    {
        IQueryCollection url = context.Request.Query;
        await WriteAsync(context, await search.FindAsync(url["index"].ToString(), url["id"].ToString(), context.RequestAborted), static (json, document) =>
        {
            RecordJson.Write(json, document.Record);
            json.WriteStartArray("fields");
            foreach (DocumentField field in document.Fields)
            {
                json.WriteStartArray();
                json.WriteStringValue(field.Path);
                json.WriteStringValue(field.Value);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        });
    }

    public async Task ContextAsync(HttpContext context)
    {
        IQueryCollection url = context.Request.Query;
        if (!FilterQuery.TryReadNumber(url, "before", 0, MaxContext, 10, out int before, out SearchFailure? fault)
            || !FilterQuery.TryReadNumber(url, "after", 0, MaxContext, 10, out int after, out fault))
        {
            await Answers.WriteFailureAsync(context, fault!);
            return;
        }

        await WriteAsync(context, await search.ContextAsync(url["index"].ToString(), url["id"].ToString(), before, after, context.RequestAborted), static (json, neighbours) =>
        {
            RecordJson.WriteList(json, "before", neighbours.Before);
            json.WriteStartObject("record");
            RecordJson.Write(json, neighbours.Record);
            json.WriteEndObject();
            RecordJson.WriteList(json, "after", neighbours.After);
            json.WriteBoolean("moreBefore", neighbours.MoreBefore);
            json.WriteBoolean("moreAfter", neighbours.MoreAfter);
            RecordJson.WriteIfKnown(json, "incomplete", neighbours.Incomplete);
        });
    }

    private static void WriteFacet(Utf8JsonWriter json, string name, LogFacet facet)
    {
        json.WriteStartObject(name);
        json.WriteNumber("others", facet.Others);
        json.WriteStartArray("values");
        foreach (FacetValue value in facet.Values)
        {
            json.WriteStartObject();
            json.WriteString("value", value.Value);
            json.WriteNumber("count", value.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static Task WriteAsync<T>(HttpContext context, SearchOutcome<T> outcome, Action<Utf8JsonWriter, T> write)
        where T : class =>
        outcome.TryGet(out T? value, out SearchFailure? failure)
            ? Answers.WriteAsync(context, json => write(json, value))
            : Answers.WriteFailureAsync(context, failure);
}
