using System.Text.Json;
using LogPipeline.Indexing.Verdicts;
using LogPipeline.Tests.Engine;

namespace LogPipeline.Tests.Targets;

/// <summary>
/// Answers of <c>_bulk</c>. What is taken for an answer is one to a JSON parser, too, with exactly one status for each document, the same one; and nothing is
/// taken for success that does not say so for each document.
/// </summary>
internal sealed class BulkAnswerTarget : FuzzTarget
{
    public override string Name => "bulk";

    public override IReadOnlyList<string> Tokens =>
        ["{\"create\":{\"status\":201}},", "{\"create\":{\"status\":409}}", "\"status\":201", "\"items\":[", "\"errors\":false", "\"errors\":true", "{", "}", "[", "]", ",", "\"error\":{\"type\":\"x\",\"reason\":\"y\"}", "null", "\\ud800", "\"caused_by\":{"];

    public override void Check(byte[] input, Random random)
    {
        List<int>? statuses = Statuses(input);
        foreach (int count in (int[])[0, 1, 2, statuses?.Count ?? 3, (statuses?.Count ?? 3) + 1])
        {
            var items = new ItemAnswer[count];
            bool read = BulkResponseReader.TryRead(input, items);
            if (read)
            {
                Hold(statuses is not null && statuses.Count == count, $"{count} documents are answered, JSON has {statuses?.Count.ToString() ?? "no"} entries");
                for (int item = 0; item < count; item++)
                {
                    Hold(items[item].Status == statuses![item], $"status {items[item].Status}, JSON has {statuses[item]}");
                    Hold(items[item].ErrorStart >= 0 && items[item].ErrorStart + items[item].ErrorLength <= input.Length, "an error outside the answer");
                    StoreError.Parse(input.AsSpan(items[item].ErrorStart, items[item].ErrorLength));
                }
            }
            if (BulkResponseReader.IsAllCreated(input, count))
                Hold(statuses is not null && statuses.Count == count && statuses.TrueForAll(status => status == 201), $"{count} documents are taken for created, JSON has {(statuses is null ? "no answer" : string.Join(' ', statuses))}");
        }
        StoreError.ParseBody(input);
        StoreError.Parse(input);
    }

    // Strictly: an object with one array of items, each an object of one member with a whole number as its last status.
    private static List<int>? Statuses(byte[] answer)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("items", out JsonElement items) || items.ValueKind != JsonValueKind.Array) return null;
            var statuses = new List<int>();
            foreach (JsonElement item in items.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object || item.EnumerateObject().Count() != 1) return null;
                JsonElement action = item.EnumerateObject().Single().Value;
                if (action.ValueKind != JsonValueKind.Object || !action.TryGetProperty("status", out JsonElement status) || status.ValueKind != JsonValueKind.Number || !status.TryGetInt32(out int number)) return null;
                statuses.Add(number);
            }
            return statuses;
        }
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
