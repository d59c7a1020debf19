using System.Text.Json;

namespace LogPipeline.Local.Search.Connections;

/// <summary>What the store answered. Without a document: there is no such index or document.</summary>
internal sealed record StoreAnswer(JsonDocument? Document) : IDisposable
{
    public void Dispose() => Document?.Dispose();
}
