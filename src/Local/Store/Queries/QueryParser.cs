using System.Globalization;
using System.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Queries;

/// <summary>
/// Reads OpenSearch's query DSL for one index: bool, match, match_phrase, match_phrase_prefix, match_bool_prefix, multi_match, term,
/// terms, range, exists, prefix, wildcard, ids, query_string, simple_query_string, constant_score, match_all, match_none. Scores, boosts
/// and fuzziness have no effect. Throws <see cref="OpenSearchException"/>.
/// </summary>
internal sealed class QueryParser(IndexMapping mapping, DateMath dates, string index)
{
    private const int MaxDepth = 30;
    private const int MaxWordsOfOneQuery = 64;

    /// <summary>The name of the index that queries are read for.</summary>
    public string Index => index;

    public Query Parse(JsonElement query) => Parse(query, 0);

    public FieldReference Field(string name) => FieldReference.Of(name, mapping);

    /// <summary>Text as <c>match</c> has it: a word, or words, for text; the whole value for everything else.</summary>
    public static Query Match(FieldReference field, string text, bool all, int? minimum = null)
    {
        if (field.Type is not (FieldType.Text or FieldType.Dynamic)) return new TermQuery(field, [new TermValue(text)]);
        byte[][] words = [.. Analyzer.Words(text).DistinctBy(Encoding.UTF8.GetString)];
        if (words.Length == 0) return ConstantQuery.None;
        if (words.Length > MaxWordsOfOneQuery)
        {
            Query[] parts = [.. words.Chunk(MaxWordsOfOneQuery).Select(chunk => new TextQuery(field, chunk, all ? chunk.Length : 1))];
            return all ? new BoolQuery(parts, [], [], 0) : new BoolQuery([], parts, [], 1);
        }

        return new TextQuery(field, words, all ? words.Length : Math.Clamp(minimum ?? 1, 1, words.Length));
    }

    public static Query Phrase(FieldReference field, string text, bool lastIsPrefix)
    {
        if (field.Type is not (FieldType.Text or FieldType.Dynamic))
        {
            return lastIsPrefix ? new PatternQuery(field, PatternQuery.FromPrefix(text), ignoreCase: false) : new TermQuery(field, [new TermValue(text)]);
        }

        byte[][] words = [.. Analyzer.Words(text)];
        return words.Length == 0 ? ConstantQuery.None : new PhraseQuery(field, words, lastIsPrefix);
    }

    public Query Range(string field, JsonElement body)
    {
        FieldReference reference = Field(field);
        return new RangeQuery(reference, RangeBounds.Read(body, reference, dates, index));
    }

    public OpenSearchException FailedToParse(string query, string problem) =>
        new(new OpenSearchError(400, "query_shard_exception", $"Failed to parse query [{query}]")
        {
            Details = [("index", index)],
            CausedBy = new OpenSearchError(400, "parse_exception", $"Cannot parse '{query}': {problem}"),
            FailedSearchOf = index,
        });

    private Query Parse(JsonElement query, int depth)
    {
        if (depth > MaxDepth) throw Refuse("the query is nested too deeply");
        if (query.ValueKind != JsonValueKind.Object) throw Refuse("[_na] query malformed, must start with start_object");
        foreach (JsonProperty property in query.EnumerateObject())
        {
            JsonElement body = property.Value;
            return property.Name switch
            {
                "match_all" => ConstantQuery.All,
                "match_none" => ConstantQuery.None,
                "bool" => ParseBool(body, depth),
                "constant_score" => Parse(Required(body, "filter"), depth + 1),
                "match" => ParseMatch(body),
                "match_bool_prefix" or "match_phrase_prefix" => ParsePhrase(body, lastIsPrefix: true),
                "match_phrase" => ParsePhrase(body, lastIsPrefix: false),
                "multi_match" => ParseMultiMatch(body),
                "term" => ParseTerm(body),
                "terms" => ParseTerms(body),
                "range" => ParseRange(body),
                "exists" => new ExistsQuery(Field(Text(Required(body, "field")))),
                "prefix" => ParsePattern(body, isPrefix: true),
                "wildcard" => ParsePattern(body, isPrefix: false),
                "ids" => new IdsQuery([.. Strings(Required(body, "values")).Select(Encoding.UTF8.GetBytes)]),
                "query_string" => new QueryStringParser(this, body).Parse(),
                "simple_query_string" => new SimpleQueryStringParser(this, body).Parse(),
                _ => throw Refuse($"unknown query [{property.Name}]"),
            };
        }

        throw new OpenSearchException(OpenSearchError.IllegalArgument("query malformed, empty clause found"));
    }

    private BoolQuery ParseBool(JsonElement body, int depth)
    {
        List<Query> must = [], should = [], mustNot = [];
        JsonElement? minimum = null;
        foreach (JsonProperty property in body.EnumerateObject())
        {
            List<Query>? clauses = property.Name switch
            {
                "must" or "filter" => must,
                "should" => should,
                "must_not" => mustNot,
                _ => null,
            };
            if (clauses is not null)
            {
                if (property.Value.ValueKind == JsonValueKind.Array) clauses.AddRange(property.Value.EnumerateArray().Select(clause => Parse(clause, depth + 1)));
                else clauses.Add(Parse(property.Value, depth + 1));
            }
            else if (property.Name == "minimum_should_match")
            {
                minimum = property.Value;
            }
            else if (property.Name is not ("boost" or "_name" or "adjust_pure_negative"))
            {
                throw Refuse($"[bool] query does not support [{property.Name}]");
            }
        }

        int atLeast = should.Count == 0 ? 0 : minimum is { } given ? Minimum(given, should.Count) : must.Count > 0 ? 0 : 1;
        return new BoolQuery([.. must], [.. should], [.. mustNot], atLeast);
    }

    private Query ParseMatch(JsonElement body)
    {
        (string name, JsonElement value) = Single(body);
        if (value.ValueKind != JsonValueKind.Object) return Match(Field(name), Text(value), all: false);
        bool all = value.TryGetProperty("operator", out JsonElement operation) && Text(operation).Equals("and", StringComparison.OrdinalIgnoreCase);
        string text = Text(Required(value, "query"));
        int? minimum = value.TryGetProperty("minimum_should_match", out JsonElement given) ? Minimum(given, Analyzer.Words(text).Count) : null;
        return Match(Field(name), text, all, minimum);
    }

    private Query ParsePhrase(JsonElement body, bool lastIsPrefix)
    {
        (string name, JsonElement value) = Single(body);
        return Phrase(Field(name), Text(value.ValueKind == JsonValueKind.Object ? Required(value, "query") : value), lastIsPrefix);
    }

    private BoolQuery ParseMultiMatch(JsonElement body)
    {
        string text = Text(Required(body, "query"));
        bool all = body.TryGetProperty("operator", out JsonElement operation) && Text(operation).Equals("and", StringComparison.OrdinalIgnoreCase);
        string type = body.TryGetProperty("type", out JsonElement given) ? Text(given) : "best_fields";
        IEnumerable<FieldReference> fields = Fields(body);
        return new BoolQuery([], [.. fields.Select(field => type switch
        {
            "phrase" => Phrase(field, text, lastIsPrefix: false),
            "phrase_prefix" or "bool_prefix" => Phrase(field, text, lastIsPrefix: true),
            _ => Match(field, text, all),
        })], [], 1);
    }

    /// <summary>The <c>fields</c> (or <c>default_field</c>) of a query, boosts left out; all fields when it names none.</summary>
    public IReadOnlyList<FieldReference> Fields(JsonElement body)
    {
        IEnumerable<string> names = body.TryGetProperty("fields", out JsonElement fields) ? Strings(fields)
            : body.TryGetProperty("default_field", out JsonElement single) ? [Text(single)]
            : ["*"];
        return
        [
            .. names.Select(name => name.Split('^')[0]).SelectMany(name => name != "*" && name.Contains('*', StringComparison.Ordinal)
                ? mapping.Declared.Keys.Where(declared => Wildcard.IsMatch(name, declared)).Select(Field)
                : [Field(name)]),
        ];
    }

    private TermQuery ParseTerm(JsonElement body)
    {
        (string name, JsonElement value) = Single(body);
        if (value.ValueKind != JsonValueKind.Object) return new TermQuery(Field(name), [TermValue.From(value)]);
        bool ignoreCase = value.TryGetProperty("case_insensitive", out JsonElement given) && given.ValueKind == JsonValueKind.True;
        return new TermQuery(Field(name), [TermValue.From(Required(value, "value"))], ignoreCase);
    }

    private Query ParseTerms(JsonElement body)
    {
        foreach (JsonProperty property in body.EnumerateObject())
        {
            if (property.Name is "boost" or "_name") continue;
            if (property.Value.ValueKind != JsonValueKind.Array) throw Refuse("[terms] query requires an array of terms");
            TermValue[] values = [.. property.Value.EnumerateArray().Select(TermValue.From)];
            return values.Length == 0 ? ConstantQuery.None
                : property.Name == "_id" ? new IdsQuery([.. values.Select(value => value.Text)])
                : new TermQuery(Field(property.Name), values);
        }

        throw Refuse("[terms] query requires a field");
    }

    private Query ParseRange(JsonElement body)
    {
        (string name, JsonElement value) = Single(body);
        if (value.ValueKind != JsonValueKind.Object) throw Refuse("[range] query malformed");
        return Range(name, value);
    }

    private PatternQuery ParsePattern(JsonElement body, bool isPrefix)
    {
        (string name, JsonElement value) = Single(body);
        bool isObject = value.ValueKind == JsonValueKind.Object;
        string pattern = Text(!isObject ? value : value.TryGetProperty("value", out JsonElement given) ? given : Required(value, "wildcard"));
        bool ignoreCase = isObject && value.TryGetProperty("case_insensitive", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
        return new PatternQuery(Field(name), isPrefix ? PatternQuery.FromPrefix(pattern) : pattern, ignoreCase);
    }

    /// <summary><c>2</c>, <c>-1</c>, <c>75%</c>, <c>-25%</c>.</summary>
    private static int Minimum(JsonElement given, int clauses)
    {
        string text = Text(given).Trim();
        bool isPercent = text.EndsWith('%');
        if (!int.TryParse(isPercent ? text[..^1] : text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)) throw Refuse($"minimum_should_match [{text}] is not supported");
        if (isPercent) number = (int)((long)number * clauses / 100);
        return Math.Max(0, number < 0 ? clauses + number : number);
    }

    private static (string Name, JsonElement Value) Single(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in body.EnumerateObject())
            {
                if (property.Name is not ("boost" or "_name")) return (property.Name, property.Value);
            }
        }

        throw Refuse("a field name is required");
    }

    private static IEnumerable<string> Strings(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().Select(Text) : [Text(element)];

    public static JsonElement Required(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out JsonElement value) ? value : throw Refuse($"[{name}] is required");

    public static string Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        _ => throw Refuse("a value is required"),
    };

    private static OpenSearchException Refuse(string reason) => new(new OpenSearchError(400, "parsing_exception", reason));
}
