using System.Text.Json;

namespace LogPipeline.Tests.Storing;

/// <summary>Documents by index and id, <c>create</c> only. It outlives the processes that write to it. Safe from any thread.</summary>
internal sealed class ModelStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, byte[]>> _indices = [];
    private readonly List<(string Index, string Id, byte[] Source)> _created = [];

    /// <summary>Documents sent that were there already.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Documents that were looked up and were there already.</summary>
    public int Found { get; private set; }

    public int Count
    {
        get { lock (_lock) return _created.Count; }
    }

    /// <summary>False: there is a document with that id.</summary>
    public bool TryCreate(string index, string id, ReadOnlySpan<byte> source)
    {
        lock (_lock)
        {
            if (!_indices.TryGetValue(index, out Dictionary<string, byte[]>? documents)) _indices.Add(index, documents = []);
            byte[] kept = source.ToArray();
            if (documents.TryAdd(id, kept))
            {
                _created.Add((index, id, kept));
                return true;
            }
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
            byte[]? found = documents?.GetValueOrDefault(id);
            if (found is not null) Found++;
            return found;
        }
    }

    public List<StoredDocument> Documents() => DocumentsFrom(0);

    /// <summary>In the order of their coming, without the first <paramref name="count"/>.</summary>
    public List<StoredDocument> DocumentsFrom(int count)
    {
        lock (_lock)
        {
            return [.. _created.Skip(count).Select(document => StoredDocument.Parse(document.Index, document.Id, Root(document.Source)))];
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

    private static JsonElement Root(byte[] source)
    {
        using JsonDocument document = JsonDocument.Parse(source);
        return document.RootElement.Clone();
    }
}
