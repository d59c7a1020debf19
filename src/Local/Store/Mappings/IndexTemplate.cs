using System.Text.Json;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Mappings;

/// <summary>A composable index template as it was put.</summary>
internal sealed class IndexTemplate
{
    public IndexTemplate(string name, JsonElement body)
    {
        Name = name;
        Body = body;
        if (body.TryGetProperty("index_patterns", out JsonElement patterns))
        {
            Patterns = patterns.ValueKind == JsonValueKind.String
                ? [patterns.GetString()!]
                : [.. patterns.EnumerateArray().Select(pattern => pattern.GetString() ?? "")];
        }

        Priority = body.TryGetProperty("priority", out JsonElement priority) && priority.TryGetInt64(out long number) ? number : 0;
    }

    public string Name { get; }

    /// <summary>Outlives the request that brought it.</summary>
    public JsonElement Body { get; }

    public IReadOnlyList<string> Patterns { get; } = [];

    public long Priority { get; }

    /// <summary><c>template.mappings</c>; undefined when it has none.</summary>
    public JsonElement Mappings =>
        Body.TryGetProperty("template", out JsonElement template) && template.ValueKind == JsonValueKind.Object && template.TryGetProperty("mappings", out JsonElement mappings)
            ? mappings
            : default;

    public bool Matches(string index) => Patterns.Any(pattern => Wildcard.IsMatch(pattern, index));

    /// <summary>Whether an index could match both.</summary>
    public bool Overlaps(IndexTemplate other) =>
        Patterns.Any(mine => other.Patterns.Any(theirs => Wildcard.IsMatch(mine, theirs) || Wildcard.IsMatch(theirs, mine)));
}
