using System.Text.Json.Nodes;

namespace LogPipeline.Tests.Storing;

/// <summary>Takes items out of a request of <c>_bulk</c>, or out of its answer.</summary>
internal static class ProxiedBulk
{
    /// <summary>The request without some items, and for each item of the whole request the status that it is refused with; 0 where it is forwarded.</summary>
    public static (byte[] Forwarded, int[] Refused) Split(byte[] body, ProxyFaults faults)
    {
        using var forwarded = new MemoryStream();
        var refused = new List<int>();
        for (int at = 0; at < body.Length;)
        {
            int action = body.AsSpan(at).IndexOf((byte)'\n') + 1, length = action + body.AsSpan(at + action).IndexOf((byte)'\n') + 1;
            refused.Add(faults.NextOf(5) switch { 0 => 429, 1 => 503, _ => 0 });
            if (refused[^1] == 0) forwarded.Write(body, at, length);
            at += length;
        }
        return (forwarded.ToArray(), [.. refused]);
    }

    /// <summary>The answer to the whole request: the store's for what was forwarded, refusals for the rest.</summary>
    /// <param name="answer">The store's answer; null when nothing was forwarded.</param>
    public static byte[] Merge(byte[]? answer, int[] refused)
    {
        JsonArray stored = answer is null ? [] : JsonNode.Parse(answer)!["items"]!.AsArray(), items = [];
        foreach (int status in refused)
        {
            if (status == 0)
            {
                JsonNode item = stored[0]!;
                stored.RemoveAt(0);
                items.Add(item);
            }
            else
            {
                string type = status == 429 ? "rejected_execution_exception" : "unavailable_shards_exception";
                items.Add(new JsonObject { ["create"] = new JsonObject { ["status"] = status, ["error"] = new JsonObject { ["type"] = type, ["reason"] = "rejected by the proxy" } } });
            }
        }
        return Answer(items, errors: true);
    }

    /// <summary>The answer without one of its items. An answer that is none stays as it is.</summary>
    public static byte[] Drop(byte[] answer, ProxyFaults faults)
    {
        if (JsonNode.Parse(answer)?["items"]?.AsArray() is not { Count: > 0 } items) return answer;
        bool errors = JsonNode.Parse(answer)!["errors"]!.GetValue<bool>();
        items.RemoveAt(faults.NextOf(items.Count));
        return Answer([.. items.Select(item => item!.DeepClone())], errors);
    }

    private static byte[] Answer(JsonArray items, bool errors) =>
        System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["took"] = 1, ["errors"] = errors, ["items"] = items }.ToJsonString());
}
