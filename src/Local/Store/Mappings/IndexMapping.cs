using System.Collections.Concurrent;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Mappings;

/// <summary>
/// The types of an index's fields, fixed when it is created: <c>properties</c> (nested or dotted, with sub-fields) and the
/// <c>dynamic_templates</c> that decide by name. What they leave open is <see cref="FieldType.Dynamic"/>. Thread-safe.
/// </summary>
internal sealed class IndexMapping
{
    private const int MaxRememberedPaths = 20_000;

    private static readonly HashSet<string> s_knownTypes =
    [
        "object", "nested", "text", "match_only_text", "search_as_you_type", "annotated_text", "long", "integer", "short", "byte", "unsigned_long", "double", "float", "half_float",
        "scaled_float", "boolean", "date", "date_nanos", "flat_object", "binary", "keyword", "wildcard", "constant_keyword", "ip", "version", "alias", "geo_point", "geo_shape", "ip_range",
        "integer_range", "long_range", "float_range", "double_range", "date_range", "token_count", "completion", "percolator", "join", "rank_feature", "murmur3",
    ];

    private readonly Dictionary<string, FieldType> _declared = new(StringComparer.Ordinal);
    private readonly List<DynamicTemplate> _dynamicTemplates = [];
    private readonly ConcurrentDictionary<ulong, FieldType> _types = new();

    /// <param name="mappings">The bodies of <c>mappings</c> that apply, the weakest first.</param>
    public IndexMapping(params IEnumerable<JsonElement> mappings)
    {
        foreach (JsonElement mapping in mappings)
        {
            if (mapping.ValueKind != JsonValueKind.Object) continue;
            if (mapping.TryGetProperty("properties", out JsonElement properties)) Declare("", properties);
            if (mapping.TryGetProperty("dynamic_templates", out JsonElement templates) && templates.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement template in templates.EnumerateArray())
                {
                    if (DynamicTemplate.TryRead(template) is { } read) _dynamicTemplates.Add(read);
                }
            }
        }

        foreach ((string name, FieldType type) in _declared) _types[FieldPath.Of(name)] = type;
    }

    /// <summary>Fields with a declared type, for queries over all fields.</summary>
    public IReadOnlyDictionary<string, FieldType> Declared => _declared;

    public FieldType TypeOf(string name) => _types.TryGetValue(FieldPath.Of(name), out FieldType type) ? type : Remember(FieldPath.Of(name), Resolve(name));

    /// <summary>The type of a field of a document that was just read.</summary>
    public FieldType TypeOf(DocumentFields fields, int index, ReadOnlySpan<byte> source)
    {
        ulong path = fields.Fields[index].Path;
        return _types.TryGetValue(path, out FieldType type) ? type : Remember(path, Resolve(fields.NameOf(source, index)));
    }

    /// <summary>The first field of a mapping with a type that OpenSearch does not know; null when there is none.</summary>
    public static (string Field, string Type)? FindUnknownType(JsonElement mapping)
    {
        if (mapping.ValueKind != JsonValueKind.Object || !mapping.TryGetProperty("properties", out JsonElement properties) || properties.ValueKind != JsonValueKind.Object) return null;
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Object) continue;
            if (property.Value.TryGetProperty("type", out JsonElement type) && type.GetString() is { } name && !s_knownTypes.Contains(name)) return (property.Name, name);
            if (FindUnknownType(property.Value) is { } inner) return inner;
        }

        return null;
    }

    private FieldType Remember(ulong path, FieldType type)
    {
        if (_types.Count < MaxRememberedPaths) _types[path] = type;
        return type;
    }

    private FieldType Resolve(string name)
    {
        if (_declared.TryGetValue(name, out FieldType type)) return type;
        for (int dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            if (!_declared.TryGetValue(name[..dot], out FieldType parent)) parent = MatchTemplate(name[..dot], isObject: true);
            if (parent is FieldType.FlatObject) return FieldType.FlatLeaf;
            if (parent is FieldType.Disabled) return FieldType.Disabled;
        }

        return MatchTemplate(name, isObject: false);
    }

    private FieldType MatchTemplate(string name, bool isObject)
    {
        foreach (DynamicTemplate template in _dynamicTemplates)
        {
            if (template.Matches(name, isObject)) return template.Type;
        }

        return FieldType.Dynamic;
    }

    private void Declare(string prefix, JsonElement properties)
    {
        if (properties.ValueKind != JsonValueKind.Object) return;
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            string name = prefix.Length == 0 ? property.Name : prefix + "." + property.Name;
            FieldType type = ReadType(property.Value);
            _declared[name] = type;
            if (type == FieldType.Object && property.Value.TryGetProperty("properties", out JsonElement inner)) Declare(name, inner);
            if (property.Value.TryGetProperty("fields", out JsonElement subFields)) Declare(name, subFields);
        }
    }

    /// <summary>The type that a field's definition names; <see cref="FieldType.Object"/> when it names none.</summary>
    internal static FieldType ReadType(JsonElement definition)
    {
        if (definition.ValueKind != JsonValueKind.Object) return FieldType.Dynamic;
        if (definition.TryGetProperty("enabled", out JsonElement enabled) && enabled.ValueKind == JsonValueKind.False) return FieldType.Disabled;
        if (definition.TryGetProperty("index", out JsonElement index) && index.ValueKind == JsonValueKind.False) return FieldType.Disabled;
        string? type = definition.TryGetProperty("type", out JsonElement named) ? named.GetString() : null;
        return type switch
        {
            null or "object" or "nested" => FieldType.Object,
            "text" or "match_only_text" or "search_as_you_type" or "annotated_text" => FieldType.Text,
            "long" or "integer" or "short" or "byte" or "unsigned_long" => FieldType.Long,
            "double" or "float" or "half_float" or "scaled_float" => FieldType.Double,
            "boolean" => FieldType.Boolean,
            "date" => FieldType.Date,
            "date_nanos" => FieldType.DateNanos,
            "flat_object" or "flattened" => FieldType.FlatObject,
            "binary" => FieldType.Disabled,
            _ => FieldType.Keyword,
        };
    }

    private sealed record DynamicTemplate(string? PathMatch, string? PathUnmatch, string? Match, string? Unmatch, string? MatchMappingType, FieldType Type)
    {
        public static DynamicTemplate? TryRead(JsonElement named)
        {
            if (named.ValueKind != JsonValueKind.Object) return null;
            foreach (JsonProperty property in named.EnumerateObject())
            {
                JsonElement body = property.Value;
                if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("mapping", out JsonElement mapping)) return null;
                return new DynamicTemplate(
                    Text(body, "path_match"), Text(body, "path_unmatch"), Text(body, "match"), Text(body, "unmatch"),
                    Text(body, "match_mapping_type"), ReadType(mapping));
            }

            return null;
        }

        public bool Matches(string name, bool isObject)
        {
            if (isObject ? MatchMappingType is not (null or "*" or "object") : MatchMappingType is not (null or "*" or "string")) return false;
            string last = name[(name.LastIndexOf('.') + 1)..];
            return (PathMatch is null || Wildcard.IsMatch(PathMatch, name)) && (PathUnmatch is null || !Wildcard.IsMatch(PathUnmatch, name))
                && (Match is null || Wildcard.IsMatch(Match, last)) && (Unmatch is null || !Wildcard.IsMatch(Unmatch, last));
        }

        private static string? Text(JsonElement body, string name) =>
            body.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
