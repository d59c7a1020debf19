using System.Text.Json.Serialization;

namespace LogPipeline.Indexing.Setup;

/// <summary>The body of a request that gives indices a policy.</summary>
/// <param name="Id">The policy's id.</param>
internal sealed record PolicyName([property: JsonPropertyName("policy_id")] string Id);

[JsonSerializable(typeof(PolicyName))]
internal sealed partial class PolicyNameContext : JsonSerializerContext;
