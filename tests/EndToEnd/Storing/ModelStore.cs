using System.Text.Json;

namespace LogPipeline.Tests.Storing;

/// <summary>Documents by index and id, <c>create</c> only. It outlives the processes that write to it. Safe from any thread.</summary>
internal sealed class ModelStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, byte[]>> _indices = [];

    /// <summary>Documents sent that were there already.</summary>
    public int Conflicts { get; private set; }

    public int Count
    {
        get { lock (_lock) return _indices.Values.Sum(index => index.Count); }
    }

    /// <summary>False: there is a document with that id.</summary>
    public bool TryCreate(string index, string id, ReadOnlySpan<byte> source)
    {
        lock (_lock)
        {
            if (!_indices.TryGetValue(index, out Dictionary<string, byte[]>? documents)) _indices.Add(index, documents = []);
            if (documents.TryAdd(id, source.ToArray())) return true;
            Conflicts++;
            return false;
        }
    }

    /// <summary>The document; null when there is none. <paramref name="indexExists"/> says whether its index has any.</summary>
    public byte[]? Find(string index, string id, out bool indexExists)
    {
        lock (_lock)
        {
            indexExists = _indices.TryGetValue(index, out Dictionary<string, byte[]>? documents);
            return documents?.GetValueOrDefault(id);
        }
    }

    public List<StoredDocument> Documents()
    {
        lock (_lock)
        {
            return [.. from index in _indices from document in index.Value select Parse(index.Key, document.Key, document.Value)];
        }
    }

    /// <summary>The sources of what was refused.</summary>
    public List<JsonElement> DeadLetters()
    {
        lock (_lock)
        {
            return [.. from index in _indices where index.Key.StartsWith("deadletter-", StringComparison.Ordinal) from letter in index.Value.Values select Root(letter)];
        }
    }

    private static StoredDocument Parse(string index, string id, byte[] source) => StoredDocument.Parse(index, id, Root(source));

    private static JsonElement Root(byte[] source)
    {
        using JsonDocument document = JsonDocument.Parse(source);
        return document.RootElement.Clone();
    }
}
