using System.Text.Json;
using LogPipeline.Indexing.Setup;
using LogPipeline.Indexing.Verdicts;
using LogPipeline.Tests.Engine;

namespace LogPipeline.Tests.Targets;

/// <summary>
/// Answers of <c>_mget</c>, and of <c>GET /</c>. A record is taken for found only where a JSON parser finds one, with the same length; as many as were asked for,
/// or none.
/// </summary>
internal sealed class MultiGetTarget : FuzzTarget
{
    public override string Name => "mget";

    public override IReadOnlyList<string> Tokens =>
        ["\"found\":true", "\"found\":false", "\"docs\":[", "{\"found\":false}", "\"_source\":{", "\"attributes\":{\"log\":{\"length\":5}}", "\"attributes\":{\"log.length\":5}", "\"@timestamp\":\"2026-11-20T16:40:10.123456789Z\"", "\"error\":{\"type\":\"index_not_found_exception\"}", "{", "}", "[", "]", ",", "\\u0066ound"];

    public override void Check(byte[] input, Random random)
    {
        List<bool>? found = Found(input);
        foreach (int count in (int[])[0, 1, found?.Count ?? 2, (found?.Count ?? 2) + 1])
        {
            var records = new StoredRecord[count];
            if (!MultiGetReader.TryRead(input, records)) continue;
            Hold(found is not null && found.Count == count, $"{count} documents are answered, JSON has {found?.Count.ToString() ?? "no"} entries");
            for (int record = 0; record < count; record++)
                Hold(records[record].State != StoredState.Found || found![record], $"entry {record} is taken for found");
        }
        if (ServerVersion.TryParse(input, out ServerVersion server)) Hold(server is { Major: >= 0, Minor: >= 0 }, $"a version of {server}");
    }

    // Null: no answer of _mget. An entry counts as found when any of its members says so: which of two of one name counts is not JSON's to say.
    private static List<bool>? Found(byte[] answer)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            JsonElement docs = document.RootElement.EnumerateObject().FirstOrDefault(member => member.NameEquals("docs")).Value;
            if (docs.ValueKind != JsonValueKind.Array) return null;
            return [.. docs.EnumerateArray().Select(entry => entry.ValueKind == JsonValueKind.Object && entry.EnumerateObject().Any(member => member.NameEquals("found") && member.Value.ValueKind == JsonValueKind.True))];
        }
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
