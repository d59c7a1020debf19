using System.Text.Json;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Search;

/// <summary>The body of <c>_search</c> and what its URI adds.</summary>
internal sealed class SearchRequest
{
    /// <summary>Hits that can be reached by <c>from</c> and <c>size</c> (<c>index.max_result_window</c>).</summary>
    public const int MaxWindow = 10_000;

    private const int DefaultSize = 10;
    private const int DefaultTrackedHits = 10_000;

    /// <summary>Undefined: all documents.</summary>
    public JsonElement Query { get; init; }

    /// <summary>The URI's <c>q</c>, in Lucene's syntax; it takes the place of <see cref="Query"/>.</summary>
    public string? QueryText { get; init; }

    /// <summary>Undefined when there is none.</summary>
    public JsonElement Aggregations { get; init; }

    public SortKey[] Sort { get; init; } = [];

    /// <summary>Undefined when there is none.</summary>
    public JsonElement SearchAfter { get; init; }

    public int From { get; init; }

    public int Size { get; init; } = DefaultSize;

    public SourceFilter Source { get; init; } = SourceFilter.All;

    /// <summary>Up to how many hits are counted; 0 when they are not, <see cref="int.MaxValue"/> for all.</summary>
    public int TrackedHits { get; init; } = DefaultTrackedHits;

    public bool ShowsVersion { get; init; }

    public bool ShowsSequence { get; init; }

    /// <summary>Reads a request. Throws <see cref="OpenSearchException"/>.</summary>
    public static SearchRequest Read(JsonElement body, Func<string, string?> parameter)
    {
        JsonElement Find(string name, string? alternative = null)
        {
            if (body.ValueKind != JsonValueKind.Object) return default;
            return body.TryGetProperty(name, out JsonElement value) || alternative is not null && body.TryGetProperty(alternative, out value) ? value : default;
        }

        CheckKeys(body);
        JsonElement sort = Find("sort"), source = Find("_source"), tracked = Find("track_total_hits");
        string? uriSort = parameter("sort"), uriTracked = parameter("track_total_hits");
        return new SearchRequest
        {
            Query = Find("query"),
            QueryText = parameter("q"),
            Aggregations = Find("aggs", "aggregations"),
            Sort = uriSort is not null ? SortKey.Read(uriSort) : sort.ValueKind == JsonValueKind.Undefined ? [] : SortKey.Read(sort),
            SearchAfter = Find("search_after"),
            From = Number(Find("from"), parameter("from"), 0, "from"),
            Size = Number(Find("size"), parameter("size"), DefaultSize, "size"),
            Source = SourceFilter.Read(parameter("_source"), parameter("_source_includes"), parameter("_source_excludes"))
                ?? (source.ValueKind == JsonValueKind.Undefined ? SourceFilter.All : SourceFilter.Read(source)),
            TrackedHits = Tracked(uriTracked ?? (tracked.ValueKind == JsonValueKind.Undefined ? null : tracked.GetRawText())),
            ShowsVersion = Find("version").ValueKind == JsonValueKind.True,
            ShowsSequence = Find("seq_no_primary_term").ValueKind == JsonValueKind.True,
        };
    }

    private static void CheckKeys(JsonElement body)
    {
        if (body.ValueKind is JsonValueKind.Undefined) return;
        if (body.ValueKind != JsonValueKind.Object) throw Refuse("Expected [START_OBJECT] but found something else");
        foreach (JsonProperty property in body.EnumerateObject())
        {
            if (property.Name is not ("query" or "aggs" or "aggregations" or "sort" or "search_after" or "from" or "size" or "_source" or "track_total_hits" or "version"
                or "seq_no_primary_term" or "timeout" or "terminate_after" or "track_scores" or "min_score" or "explain" or "stored_fields" or "docvalue_fields" or "fields"
                or "highlight" or "profile" or "post_filter" or "stats" or "ext" or "collapse" or "slice"))
            {
                string kind = property.Value.ValueKind == JsonValueKind.Object ? "START_OBJECT" : property.Value.ValueKind == JsonValueKind.Array ? "START_ARRAY" : "VALUE";
                throw Refuse($"Unknown key for a {kind} in [{property.Name}].");
            }

            if (property.Name is "post_filter" or "collapse" or "slice" or "min_score") throw Refuse($"[{property.Name}] is not supported by the embedded store");
        }
    }

    private static int Number(JsonElement element, string? parameter, int fallback, string name)
    {
        if (parameter is null && element.ValueKind == JsonValueKind.Undefined) return fallback;
        string text = parameter ?? QueryParser.Text(element);
        if (!int.TryParse(text, out int number)) throw new OpenSearchException(OpenSearchError.IllegalArgument($"Failed to parse int parameter [{name}] with value [{text}]"));
        return number >= 0 ? number : throw new OpenSearchException(OpenSearchError.IllegalArgument($"[{name}] parameter cannot be negative but was [{number}]"));
    }

    private static int Tracked(string? text) => text switch
    {
        null => DefaultTrackedHits,
        "true" => int.MaxValue,
        "false" => 0,
        _ => int.TryParse(text, out int number) && number >= -1
            ? number == -1 ? int.MaxValue : number
            : throw new OpenSearchException(OpenSearchError.IllegalArgument($"[track_total_hits] parameter must be positive or equals to -1, got {text}")),
    };

    private static OpenSearchException Refuse(string reason) => new(new OpenSearchError(400, "parsing_exception", reason));
}
