using System.Text;
using System.Text.Json;
using LogPipeline.Indexing.Connections;

namespace LogPipeline.Tests.Indexing;

/// <summary>One HTTP exchange with a real OpenSearch 1.3, from <c>tests/recorded/opensearch</c>.</summary>
internal sealed record RecordedExchange(string Name, string Path, string RequestBody, int Status, byte[] Body, bool Closed, int? Documents)
{
    public static string Root { get; } = FindRoot();

    public static RecordedExchange Load(string name)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(Root, "opensearch", name + ".json")));
        JsonElement request = file.RootElement.GetProperty("request"), response = file.RootElement.GetProperty("response");
        bool closed = response.ValueKind == JsonValueKind.Null;
        string text = closed ? "" : response.GetProperty("body").GetString() ?? "";
        bool binary = !closed && response.TryGetProperty("bodyEncoding", out _);
        return new RecordedExchange(
            name, request.GetProperty("path").GetString()!, request.GetProperty("body").GetString() ?? "",
            closed ? 0 : response.GetProperty("status").GetInt32(),
            binary ? Convert.FromBase64String(text) : Encoding.UTF8.GetBytes(text),
            closed,
            file.RootElement.TryGetProperty("documents", out JsonElement documents) ? documents.GetInt32() : null);
    }

    public StoreAnswer ToAnswer() => Closed ? StoreAnswer.Failed(StoreFailure.Closed, "closed") : StoreAnswer.Answered(Status, Body);

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = System.IO.Path.Combine(at.FullName, "tests", "recorded");
            if (Directory.Exists(candidate)) return candidate;
        }

        throw new DirectoryNotFoundException("tests/recorded");
    }
}
