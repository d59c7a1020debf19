using System.Text.Json;

namespace LogPipeline.Tests.Metadata;

/// <summary>What a real API server of 1.32 answered, from <c>tests/recorded/kubernetes</c>: one watch's lines, or one answer.</summary>
internal static class RecordedConversation
{
    /// <summary>The lines of a watch, with their line ends.</summary>
    public static string[] Watch(string name) =>
        [.. File.ReadLines(PathOf(name + ".jsonl")).Skip(1).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).Where(line => line.TryGetProperty("line", out _)).Select(line => line.GetProperty("line").GetString()!)];

    public static (int Status, string Body) Answer(string name)
    {
        JsonElement response = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(PathOf(name + ".json"))).GetProperty("response");
        return (response.GetProperty("status").GetInt32(), response.GetProperty("body").GetString()!);
    }

    private static string PathOf(string name)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "tests", "recorded", "kubernetes", name);
            if (File.Exists(candidate)) return candidate;
        }
        throw new FileNotFoundException(name);
    }
}
