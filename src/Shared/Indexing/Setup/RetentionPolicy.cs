using System.Text.Json;

namespace LogPipeline.Indexing.Setup;

/// <summary>A policy of OpenSearch's index state management: indices of a pattern are deleted when they have an age. Pure.</summary>
/// <param name="Name">The policy's id.</param>
/// <param name="Pattern">Names of the indices, with <c>*</c>.</param>
/// <param name="Keep">The age, whole days.</param>
/// <param name="Priority">The largest of the policies whose patterns match an index decides.</param>
public sealed record RetentionPolicy(string Name, string Pattern, TimeSpan Keep, int Priority)
{
    private string Age => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Ceiling(Keep.TotalDays))}d");

    /// <summary>The body of the request that puts it.</summary>
    public byte[] Encode()
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartObject("policy");
            json.WriteString("description", $"Log pipeline: deletes {Pattern} after {Age}");
            json.WriteString("default_state", "kept");
            json.WriteStartArray("states");
            json.WriteRawValue($$$"""{"name":"kept","actions":[],"transitions":[{"state_name":"deleted","conditions":{"min_index_age":"{{{Age}}}"}}]}""");
            json.WriteRawValue("""{"name":"deleted","actions":[{"delete":{}}],"transitions":[]}""");
            json.WriteEndArray();
            json.WriteStartArray("ism_template");
            json.WriteStartObject();
            json.WriteStartArray("index_patterns");
            json.WriteStringValue(Pattern);
            json.WriteEndArray();
            json.WriteNumber("priority", Priority);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    /// <summary>Whether the policy that the server has says the same.</summary>
    /// <param name="policy">The member <c>policy</c> of its answer.</param>
    public bool IsSaidBy(JsonElement policy)
    {
        try
        {
            JsonElement template = policy.GetProperty("ism_template")[0];
            return policy.GetProperty("states")[0].GetProperty("transitions")[0].GetProperty("conditions").GetProperty("min_index_age").ValueEquals(Age)
                && template.GetProperty("index_patterns")[0].ValueEquals(Pattern) && template.GetProperty("priority").GetInt32() == Priority;
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return false; // somebody else's form
        }
    }
}
