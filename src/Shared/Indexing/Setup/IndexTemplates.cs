using System.Text;

namespace LogPipeline.Indexing.Setup;

/// <summary>
/// The index templates of documents and of dead letters, as bytes to put. Pure.
/// </summary>
/// <remarks>
/// Priority: Elasticsearch ships templates of its own for <c>logs-*-*</c> (priority 100, up to 210 for its agents') that would make data
/// streams of these indices; the one with the highest priority wins alone.
/// Keywords are cut at 8191 characters: a term may have 32,766 bytes of UTF-8, and a longer one refuses its whole document.
/// </remarks>
public static class IndexTemplates
{
    /// <summary>Name of the documents' template.</summary>
    public const string LogsName = "logpipeline-logs";

    /// <summary>Name of the dead letters' template.</summary>
    public const string DeadLettersName = "logpipeline-deadletters";

    /// <summary>The pattern of all dead-letter indices.</summary>
    public const string DeadLettersPattern = Delivery.DocumentAddress.DeadLetterPrefix + "*";

    private const int Priority = 300;

    /// <summary>The documents' mappings; <c>"$map"</c> stands for the mapping of a map of any keys.</summary>
    private const string LogsMappings = """
        {
          "dynamic_templates":[
            {"labels":{"path_match":"resource.*labels","match_mapping_type":"object","mapping":"$map"}},
            {"annotations":{"path_match":"resource.*annotations","match_mapping_type":"object","mapping":"$map"}},
            {"strings":{"match_mapping_type":"string","mapping":{"type":"keyword","ignore_above":8191}}}
          ],
          "properties":{
            "@timestamp":{"type":"date_nanos"},
            "body":{"type":"text"},
            "severity":{"properties":{"text":{"type":"keyword"},"number":{"type":"long"}}},
            "tenant":{"type":"keyword"},
            "resource":{"properties":{
              "host":{"properties":{"name":{"type":"keyword"}}},
              "container":{"properties":{"id":{"type":"keyword"},"labels":"$map"}},
              "k8s":{"properties":{
                "cluster":{"properties":{"name":{"type":"keyword"}}},
                "namespace":{"properties":{"name":{"type":"keyword"},"labels":"$map"}},
                "pod":{"properties":{"name":{"type":"keyword"},"uid":{"type":"keyword"},"labels":"$map","annotations":"$map"}},
                "container":{"properties":{"name":{"type":"keyword"},"restart_count":{"type":"long"}}}}}}},
            "attributes":{"properties":{
              "log":{"properties":{
                "iostream":{"type":"keyword"},
                "file":{"properties":{"path":{"type":"keyword","ignore_above":8191},"id":{"type":"keyword"}}},
                "offset":{"type":"long"},
                "length":{"type":"long"},
                "sequence":{"type":"keyword"},
                "flags":{"type":"keyword"}}},
              "fields":"$map"}}
          }
        }
        """;

    /// <summary>The wildcard for the indices of an index pattern: its text before the first placeholder and <c>*</c>; <c>logs-{tenant}-{day}</c> gives <c>logs-*</c>.</summary>
    public static string PatternOf(string index)
    {
        int placeholder = index.IndexOf('{', StringComparison.Ordinal);
        if (placeholder > 0) return index[..placeholder] + "*";
        if (placeholder < 0) return index;
        // Nothing in front: what stands between the placeholders has to tell these indices from others.
        StringBuilder pattern = new();
        for (int i = 0; i < index.Length; i++)
        {
            if (index[i] == '{')
            {
                pattern.Append('*');
                int end = index.IndexOf('}', i);
                i = end < 0 ? index.Length : end;
            }
            else
            {
                pattern.Append(index[i]);
            }
        }

        return pattern.ToString();
    }

    /// <summary>The documents' template.</summary>
    /// <param name="pattern">Indices that it is for.</param>
    /// <param name="mapType">The server's type for maps of any keys; null stores them without making them searchable.</param>
    /// <param name="composable">The form of <c>_index_template</c>, else that of the older <c>_template</c>.</param>
    public static byte[] Logs(string pattern, string? mapType, bool composable)
    {
        string map = mapType switch
        {
            null => """{"type":"object","enabled":false}""",
            // A value that is too long for a term would refuse the whole document; flat_object takes no such parameter.
            "flattened" => """{"type":"flattened","ignore_above":8191}""",
            _ => $$"""{"type":"{{mapType}}"}""",
        };
        return Template(pattern, composable, LogsMappings.Replace("\"$map\"", map, StringComparison.Ordinal));
    }

    /// <summary>The dead letters' template: nothing in a dead letter can be refused by a mapping.</summary>
    public static byte[] DeadLetters(bool composable) => Template(DeadLettersPattern, composable, """
        {
          "dynamic":false,
          "properties":{
            "@timestamp":{"type":"date_nanos","ignore_malformed":true},
            "tenant":{"type":"keyword","ignore_above":8191},
            "reason":{"properties":{"type":{"type":"keyword","ignore_above":8191},"reason":{"type":"text"},"status":{"type":"integer"}}},
            "index":{"type":"keyword","ignore_above":8191},
            "document":{"type":"object","enabled":false},
            "attributes":{"dynamic":false,"properties":{"log":{"dynamic":false,"properties":{
              "file":{"dynamic":false,"properties":{"id":{"type":"keyword","ignore_above":8191},"path":{"type":"keyword","ignore_above":8191}}},
              "offset":{"type":"long","ignore_malformed":true},
              "length":{"type":"long","ignore_malformed":true}}}}}
          }
        }
        """);

    private static byte[] Template(string pattern, bool composable, string mappings)
    {
        // Stored means on disk: only then may a resume point advance. 2,000 fields leave room for static fields of many clusters.
        const string Settings = """{"index.translog.durability":"request","index.mapping.total_fields.limit":2000}""";
        string content = $"\"settings\":{Settings},\"mappings\":{mappings}";
        string json = composable
            ? $"{{\"index_patterns\":[\"{pattern}\"],\"priority\":{Priority},\"template\":{{{content}}}}}"
            : $"{{\"index_patterns\":[\"{pattern}\"],\"order\":{Priority},{content}}}";
        return Encoding.UTF8.GetBytes(json);
    }
}
