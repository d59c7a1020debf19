using System.Buffers;
using System.Globalization;
using System.Text.Json;
using LogPipeline.Local.Search.Queries;

namespace LogPipeline.Local.Search;

/// <summary>Writes the bodies of <c>_search</c> requests.</summary>
internal static class SearchBody
{
    /// <summary>A request: the store's own time limit, then what <paramref name="write"/> adds.</summary>
    public static ReadOnlyMemory<byte> Create(TimeSpan timeout, int size, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("size", size);
            json.WriteString("timeout", string.Create(CultureInfo.InvariantCulture, $"{(long)timeout.TotalMilliseconds}ms"));
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>
    /// By time, then written order, then file. Many records share a timestamp (a plain file's lines those of their chunk), and a page
    /// that starts behind a tied value skips the rest of the ties: sequence and file id together tell any two records apart.
    /// </summary>
    public static void WriteSortByTime(Utf8JsonWriter json, SearchOrder order)
    {
        string direction = order == SearchOrder.NewestFirst ? "desc" : "asc";
        json.WriteStartArray("sort");
        json.WriteStartObject();
        json.WriteStartObject(LogFields.Timestamp);
        json.WriteString("order", direction);
        json.WriteString("unmapped_type", "date_nanos");

        // Where an index has @timestamp as a date, its values become nanoseconds too, and one cursor fits all.
        json.WriteString("numeric_type", "date_nanos");
        json.WriteEndObject();
        json.WriteEndObject();
        WriteKeywordSort(json, LogFields.Sequence, direction);
        WriteKeywordSort(json, LogFields.FileId, direction);
        json.WriteEndArray();
    }

    /// <summary>In written order, within one sub-stream.</summary>
    public static void WriteSortBySequence(Utf8JsonWriter json, SearchOrder order)
    {
        string direction = order == SearchOrder.NewestFirst ? "desc" : "asc";
        json.WriteStartArray("sort");
        WriteKeywordSort(json, LogFields.Sequence, direction);
        WriteKeywordSort(json, LogFields.FileId, direction);
        json.WriteEndArray();
    }

    /// <summary>A <c>terms</c> aggregation under the name <paramref name="name"/>.</summary>
    public static void WriteTermsAggregation(Utf8JsonWriter json, string name, string field, int size)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("terms");
        json.WriteString("field", field);
        json.WriteNumber("size", size);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteKeywordSort(Utf8JsonWriter json, string field, string direction)
    {
        json.WriteStartObject();
        json.WriteStartObject(field);
        json.WriteString("order", direction);
        json.WriteString("unmapped_type", "keyword");
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
