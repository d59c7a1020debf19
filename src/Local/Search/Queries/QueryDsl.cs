using System.Text.Json;
using LogPipeline.Parsing;

namespace LogPipeline.Local.Search.Queries;

/// <summary>
/// Writes queries in the DSL that OpenSearch and Elasticsearch share: <c>bool</c>, <c>match_phrase</c>, <c>term</c>, <c>terms</c>,
/// <c>prefix</c>, <c>wildcard</c>, <c>exists</c>, <c>range</c>, <c>match_all</c>. What a user typed is only ever a value in it.
/// </summary>
public static class QueryDsl
{
    /// <summary>Writes one query object: <paramref name="filter"/> with <paramref name="query"/>, its parsed text.</summary>
    public static void Write(Utf8JsonWriter json, LogFilter filter, QueryNode query)
    {
        json.WriteStartObject();
        json.WriteStartObject("bool");
        json.WriteStartArray("filter");
        WriteTimes(json, filter);
        WriteTerms(json, LogFields.Tenant, filter.Tenants);
        WriteTerms(json, LogFields.Namespace, filter.Namespaces);
        WriteTerms(json, LogFields.Pod, filter.Pods);
        WriteTerms(json, LogFields.Container, filter.Containers);
        WriteLevels(json, filter.Levels);
        if (filter.MinimumLevel != Severity.Unspecified)
        {
            Write(json, new QueryNode.Between(LogFields.SeverityNumber, (long)filter.MinimumLevel, null));
        }

        if (query is not QueryNode.Everything)
        {
            Write(json, query);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes one query object.</summary>
    public static void Write(Utf8JsonWriter json, QueryNode query)
    {
        switch (query)
        {
            case QueryNode.Phrase phrase:
                WriteSingle(json, "match_phrase", LogFields.Body, phrase.Text);
                break;
            case QueryNode.WordPattern word:
                WriteWildcard(json, LogFields.Body, word.Value);
                break;
            case QueryNode.Term term:
                WriteAny(json, term.Fields, field => WriteSingle(json, "term", field, term.Value));
                break;
            case QueryNode.ValuePattern pattern:
                WriteAny(json, pattern.Fields, field => WriteWildcard(json, field, pattern.Value));
                break;
            case QueryNode.Prefix prefix:
                WriteAny(json, prefix.Fields, field => WriteSingle(json, "prefix", field, prefix.Value));
                break;
            case QueryNode.Exists exists:
                WriteAny(json, exists.Fields, field => WriteSingle(json, "exists", "field", field));
                break;
            case QueryNode.Between between:
                WriteBetween(json, between);
                break;
            case QueryNode.And and:
                WriteBool(json, "filter", and.Parts);
                break;
            case QueryNode.Or or:
                WriteBool(json, "should", or.Parts);
                break;
            case QueryNode.Not not:
                WriteBool(json, "must_not", [not.Part]);
                break;
            default:
                json.WriteStartObject();
                json.WriteStartObject("match_all");
                json.WriteEndObject();
                json.WriteEndObject();
                break;
        }
    }

    private static void WriteTimes(Utf8JsonWriter json, LogFilter filter)
    {
        if (filter.FromNanos is null && filter.ToNanos is null)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteStartObject("range");
        json.WriteStartObject(LogFields.Timestamp);
        if (filter.FromNanos is { } from)
        {
            json.WriteString("gte", NanoTime.Format(from));
        }

        if (filter.ToNanos is { } to)
        {
            json.WriteString("lt", NanoTime.Format(to));
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTerms(Utf8JsonWriter json, string field, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteStartObject("terms");
        json.WriteStartArray(field);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLevels(Utf8JsonWriter json, IReadOnlyList<string> levels)
    {
        if (levels.Count == 0)
        {
            return;
        }

        var parts = new List<QueryNode>();
        foreach (string level in levels)
        {
            parts.Add(level == LogLevels.None
                ? new QueryNode.Not(new QueryNode.Exists([LogFields.SeverityText]))
                : new QueryNode.Term([LogFields.SeverityText], level));
        }

        WriteBool(json, "should", parts);
    }

    private static void WriteAny(Utf8JsonWriter json, IReadOnlyList<string> fields, Action<string> write)
    {
        if (fields.Count == 1)
        {
            write(fields[0]);
            return;
        }

        OpenBool(json, "should");
        foreach (string field in fields)
        {
            write(field);
        }

        CloseBool(json, "should");
    }

    private static void WriteBool(Utf8JsonWriter json, string clause, IReadOnlyList<QueryNode> parts)
    {
        OpenBool(json, clause);
        foreach (QueryNode part in parts)
        {
            Write(json, part);
        }

        CloseBool(json, clause);
    }

    private static void OpenBool(Utf8JsonWriter json, string clause)
    {
        json.WriteStartObject();
        json.WriteStartObject("bool");
        json.WriteStartArray(clause);
    }

    private static void CloseBool(Utf8JsonWriter json, string clause)
    {
        json.WriteEndArray();
        if (clause == "should")
        {
            json.WriteNumber("minimum_should_match", 1);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSingle(Utf8JsonWriter json, string query, string name, string value)
    {
        json.WriteStartObject();
        json.WriteStartObject(query);
        json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteWildcard(Utf8JsonWriter json, string field, string pattern)
    {
        json.WriteStartObject();
        json.WriteStartObject("wildcard");
        json.WriteStartObject(field);
        json.WriteString("value", pattern);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteBetween(Utf8JsonWriter json, QueryNode.Between between)
    {
        json.WriteStartObject();
        json.WriteStartObject("range");
        json.WriteStartObject(between.Field);
        if (between.Least is { } least)
        {
            json.WriteNumber("gte", least);
        }

        if (between.Most is { } most)
        {
            json.WriteNumber("lte", most);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
