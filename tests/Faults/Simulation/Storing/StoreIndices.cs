using System.Globalization;
using System.Text.Json;

namespace LogPipeline.Tests.Simulation.Storing;

/// <summary>What the server holds: documents by index and id, <c>create</c> only. Some documents no store takes; indices may be refused for a while, closed, or deleted by retention.</summary>
internal sealed class StoreIndices(Coverage coverage)
{
    private const string DeadLetterPrefix = "deadletter-";

    private readonly Dictionary<(string Index, string Id), StoredDocument> _documents = [];
    private readonly Dictionary<(string Index, string Id), StoredDocument> _expired = [];
    private readonly Dictionary<(string Index, string Id), JsonElement> _letters = [];

    /// <summary>One document in so many is refused for good; 0: none.</summary>
    public int RefusesOneIn { get; init; }

    /// <summary>The server dies of one document in so many; 0: of none.</summary>
    public int DiesOfOneIn { get; init; }

    /// <summary>Indices that take nothing now, and the item's answer.</summary>
    public Dictionary<string, string> Refusing { get; } = [];

    public IReadOnlyDictionary<(string Index, string Id), StoredDocument> Stored =>
        _documents.Concat(_expired.Where(document => !_documents.ContainsKey(document.Key))).ToDictionary();

    public IReadOnlyDictionary<(string Index, string Id), StoredDocument> DeadLetters =>
        _letters.Where(letter => !letter.Key.Id.Contains(".part", StringComparison.Ordinal)).ToDictionary(letter => letter.Key, letter => Letter(letter.Key, letter.Value));

    /// <summary>The server does not survive this document.</summary>
    public bool DiesOf(byte[] source) => DiesOfOneIn > 0 && !IsLetter(source) && OffsetOf(source) % DiesOfOneIn == 5;

    /// <summary>Creates a document; the item of the answer.</summary>
    public string Create(string index, string id, byte[] source)
    {
        if (Refusing.TryGetValue(index, out string? refusal)) return refusal;
        if (index.StartsWith(DeadLetterPrefix, StringComparison.Ordinal))
        {
            using JsonDocument letter = JsonDocument.Parse(source);
            if (!_letters.TryAdd((index, id), letter.RootElement.Clone())) return Conflict;
            coverage.Meet(Scenario.DeadLettered);
            if (id.Contains(".part", StringComparison.Ordinal)) coverage.Meet(Scenario.DeadLetterInParts);
            return Created;
        }
        if (_documents.ContainsKey((index, id))) return Conflict;
        var document = StoredDocument.Parse(index, id, source, isDeadLetter: false);
        if (RefusesOneIn > 0 && document.Offset % RefusesOneIn == 0) return """{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse"}}""";
        _documents.Add((index, id), document);
        return Created;
    }

    /// <summary>One entry of an answer to <c>_mget</c>.</summary>
    public string Get(string index, string id)
    {
        if (Refusing.TryGetValue(index, out string? refusal) && refusal.Contains("index_closed", StringComparison.Ordinal)) return """{"error":{"type":"index_closed_exception","reason":"closed"}}""";
        if (_letters.TryGetValue((index, id), out JsonElement letter)) return Found(letter.GetProperty("@timestamp").GetString()!, letter.GetProperty("attributes").GetProperty("log.length").GetInt64());
        if (_documents.TryGetValue((index, id), out StoredDocument? document)) return Found(document.Timestamp, document.LengthBytes);
        bool exists = _documents.Keys.Any(key => key.Index == index) || _letters.Keys.Any(key => key.Index == index);
        return exists ? """{"found":false}""" : """{"error":{"type":"index_not_found_exception","reason":"no such index"}}""";
    }

    /// <summary>Deletes the indices of days that are over.</summary>
    public void Expire(DateOnly today)
    {
        string suffix = today.ToString("yyyy.MM.dd", CultureInfo.InvariantCulture);
        foreach ((string Index, string Id) address in _documents.Keys.Where(key => string.CompareOrdinal(key.Index[^suffix.Length..], suffix) < 0).ToList())
        {
            _documents.Remove(address, out StoredDocument? document);
            _expired[address] = document!;
            coverage.Meet(Scenario.IndexExpired);
        }
    }

    public static string Created => """{"status":201}""";

    private static string Conflict => """{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"exists"}}""";

    private static string Found(string timestamp, long length) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"found\":true,\"_source\":{{\"@timestamp\":\"{timestamp}\",\"attributes\":{{\"log.length\":{length}}}}}}}");

    private static bool IsLetter(byte[] source) => source.AsSpan().IndexOf("\"reason\":{\"type\":"u8) >= 0;

    private static long OffsetOf(byte[] source)
    {
        using JsonDocument document = JsonDocument.Parse(source);
        return document.RootElement.GetProperty("attributes").GetProperty("log.offset").GetInt64();
    }

    private StoredDocument Letter((string Index, string Id) address, JsonElement letter)
    {
        byte[] document = letter.GetProperty("document").GetBytesFromBase64();
        if (letter.TryGetProperty("part", out JsonElement part))
        {
            int count = part.GetProperty("count").GetInt32();
            document = [.. document, .. Enumerable.Range(1, count - 1).SelectMany(number => _letters[(address.Index, $"{address.Id}.part{number}of{count}")].GetProperty("document").GetBytesFromBase64())];
        }
        return StoredDocument.Parse(letter.GetProperty("index").GetString()!, address.Id, document, isDeadLetter: true) with { IsCollision = letter.GetProperty("reason").GetProperty("type").GetString() == "id_collision" };
    }
}
