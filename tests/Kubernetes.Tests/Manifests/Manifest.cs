using System.Text.Json.Nodes;

namespace LogPipeline.Tests.Kubernetes.Manifests;

/// <summary>One object of a build.</summary>
internal sealed record Manifest(JsonObject Json)
{
    public string ApiVersion => Text(Json["apiVersion"]);

    public string Kind => Text(Json["kind"]);

    public string Name => Text(Json["metadata"]!["name"]);

    public string? Namespace => Json["metadata"]!["namespace"]?.GetValue<string>();

    public JsonObject? PodTemplate => Json["spec"]?["template"] as JsonObject;

    public JsonObject? PodSpec => PodTemplate?["spec"] as JsonObject;

    /// <summary>The pod's containers, init containers among them.</summary>
    public IReadOnlyList<JsonObject> Containers =>
        PodSpec is null ? [] : [.. Items(PodSpec["initContainers"]).Concat(Items(PodSpec["containers"])).Cast<JsonObject>()];

    /// <summary>Labels of the pods that it makes.</summary>
    public IReadOnlyDictionary<string, string> PodLabels => LabelsOf(PodTemplate?["metadata"]?["labels"]);

    public IReadOnlyDictionary<string, string> Selector => LabelsOf(Json["spec"]?["selector"]?["matchLabels"] ?? (Kind == "Service" ? Json["spec"]?["selector"] : null));

    public static IEnumerable<JsonNode> Items(JsonNode? list) => list is JsonArray items ? items.Select(item => item!) : [];

    public static IReadOnlyDictionary<string, string> LabelsOf(JsonNode? labels) =>
        labels is JsonObject map ? map.ToDictionary(label => label.Key, label => label.Value!.GetValue<string>()) : [];

    public static string Text(JsonNode? node) => node?.GetValue<string>() ?? "";

    public override string ToString() => $"{Kind}/{Name}";
}
