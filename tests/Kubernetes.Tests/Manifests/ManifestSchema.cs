using System.Text.Json.Nodes;

namespace LogPipeline.Tests.Kubernetes.Manifests;

/// <summary>
/// Checks an object strictly against the definitions of Kubernetes 1.32 (and of the extensions that the manifests use): a field that they do not know, a missing
/// required one, and a value of another type are faults.
/// </summary>
internal sealed class ManifestSchema
{
    private readonly Dictionary<string, JsonObject> _definitions = [];
    private readonly Dictionary<(string ApiVersion, string Kind), JsonObject> _kinds = [];

    public ManifestSchema(params string[] files)
    {
        foreach (string file in files)
        {
            foreach ((string name, JsonNode? definition) in JsonNode.Parse(Repository.Text(file))!["definitions"]!.AsObject())
            {
                _definitions[name] = definition!.AsObject();
                foreach (JsonNode kind in Manifest.Items(definition["x-kubernetes-group-version-kind"]))
                {
                    string group = Manifest.Text(kind["group"]), version = Manifest.Text(kind["version"]);
                    _kinds[(group.Length == 0 ? version : $"{group}/{version}", Manifest.Text(kind["kind"]))] = definition.AsObject();
                }
            }
        }
    }

    public static ManifestSchema Instance { get; } = new("tests/Kubernetes.Tests/schemas/kubernetes-1.32.json", "tests/Kubernetes.Tests/schemas/extensions.json");

    public IReadOnlyList<string> Check(Manifest manifest)
    {
        if (!_kinds.TryGetValue((manifest.ApiVersion, manifest.Kind), out JsonObject? schema)) return [$"{manifest}: {manifest.ApiVersion} {manifest.Kind} has no schema"];
        var faults = new List<string>();
        Check(manifest.Json, schema, manifest.ToString(), faults);
        return faults;
    }

    private void Check(JsonNode? value, JsonObject schema, string path, List<string> faults)
    {
        if (schema["$ref"] is { } reference) schema = _definitions[Manifest.Text(reference).Split('/')[^1]];
        string type = Manifest.Text(schema["type"]), format = Manifest.Text(schema["format"]);
        bool free = type.Length == 0 && schema["properties"] is null;
        if (free) return;
        if (value is null)
        {
            faults.Add($"{path}: null");
            return;
        }
        if (value is JsonValue scalar)
        {
            if (!IsOf(scalar, type, format)) faults.Add($"{path}: {scalar.ToJsonString()} is no {type} {format}".TrimEnd());
            else if (schema["enum"] is JsonArray allowed && !allowed.Any(one => JsonNode.DeepEquals(one, scalar))) faults.Add($"{path}: {scalar.ToJsonString()} is none of {allowed.ToJsonString()}");
            return;
        }
        if (value is JsonArray list)
        {
            if (type != "array") faults.Add($"{path}: a list, where {type} is wanted");
            else for (int i = 0; i < list.Count; i++) Check(list[i], schema["items"]!.AsObject(), $"{path}[{i}]", faults);
            return;
        }
        if (type != "object" && schema["properties"] is null) faults.Add($"{path}: an object, where {type} is wanted");
        else CheckObject(value.AsObject(), schema, path, faults);
    }

    private void CheckObject(JsonObject value, JsonObject schema, string path, List<string> faults)
    {
        var properties = schema["properties"] as JsonObject;
        foreach ((string key, JsonNode? member) in value)
        {
            if (properties?[key] is JsonObject known) Check(member, known, $"{path}.{key}", faults);
            else if (schema["additionalProperties"] is JsonObject any) Check(member, any, $"{path}.{key}", faults);
            else if (properties is not null) faults.Add($"{path}.{key}: unknown field");
        }
        foreach (JsonNode required in Manifest.Items(schema["required"]))
        {
            if (!value.ContainsKey(Manifest.Text(required))) faults.Add($"{path}.{required}: missing");
        }
    }

    private static bool IsOf(JsonValue value, string type, string format) => (type, value.GetValueKind()) switch
    {
        ("string", System.Text.Json.JsonValueKind.String) => true,
        // Quantities and IntOrString are texts to the schema, and may be numbers to the server.
        ("string", System.Text.Json.JsonValueKind.Number) => format == "int-or-string",
        ("integer", System.Text.Json.JsonValueKind.Number) => value.TryGetValue(out long _),
        ("number", System.Text.Json.JsonValueKind.Number) => true,
        ("boolean", System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False) => true,
        _ => false,
    };
}
