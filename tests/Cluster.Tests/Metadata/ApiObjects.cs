using System.Globalization;
using System.Text.Json.Nodes;

namespace LogPipeline.Tests.Metadata;

/// <summary>Objects as the Kubernetes API has them, as far as anybody looks at them.</summary>
internal static class ApiObjects
{
    public static JsonObject Pod(string @namespace, string name, string uid, params (string Key, string Value)[] annotations) => new()
    {
        ["kind"] = "Pod", ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject
        {
            ["name"] = name, ["namespace"] = @namespace, ["uid"] = uid, ["creationTimestamp"] = "2026-11-20T16:05:18Z",
            ["labels"] = new JsonObject { ["app"] = name.Split('-')[0], ["pod-template-hash"] = "5d" },
            ["annotations"] = new JsonObject(annotations.Select(annotation => KeyValuePair.Create<string, JsonNode?>(annotation.Key, annotation.Value))),
            ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "ReplicaSet", ["name"] = name.Split('-')[0] + "-5d", ["uid"] = "r", ["controller"] = true }),
        },
        ["spec"] = new JsonObject
        {
            ["nodeName"] = "node-0",
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app:1", ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "logs", ["mountPath"] = "/var/log/app" }) }),
            ["volumes"] = new JsonArray(new JsonObject { ["name"] = "logs", ["emptyDir"] = new JsonObject() }),
        },
        ["status"] = new JsonObject { ["phase"] = "Running" },
    };

    public static JsonObject Namespace(string name, params (string Key, string Value)[] labels) => new()
    {
        ["kind"] = "Namespace", ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject
        {
            ["name"] = name, ["uid"] = "n-" + name, ["creationTimestamp"] = "2026-11-20T16:05:18Z",
            ["labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create<string, JsonNode?>(label.Key, label.Value))),
        },
        ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") }, ["status"] = new JsonObject { ["phase"] = "Active" },
    };

    public static JsonObject WithVersion(JsonObject value, long version)
    {
        var copy = (JsonObject)value.DeepClone();
        copy["metadata"]!["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        return copy;
    }
}
