using System.Text.Json;

namespace LogPipeline.Tests.Indexing;

/// <summary>
/// A store in memory that behaves as the real one does, and misbehaves at random until <see cref="Calm"/>: loses answers, drops items
/// from them, cuts them, refuses for load, hangs, dies of a document, closes an index, forgets its users.
/// </summary>
internal sealed class ModelStore(Random random)
{
    public const string Poison = "poison";
    public const string Killer = "killer";
    public const int MaxRequestBytes = 6000;

    private readonly HashSet<string> _closedIndices = [];
    private bool _usersForgotten;
    private int _deadFor;

    /// <summary>Documents by index and id; a second one under the same key would be a broken model.</summary>
    public Dictionary<(string Index, string Id), string> Documents { get; } = [];

    /// <summary>Ids in the order in which they were first asked for or sent.</summary>
    public List<string> FirstSeen { get; } = [];

    private readonly HashSet<string> _seen = [];

    public bool Calm { get; set; }

    public StoreReply Answer(StoreRequest request)
    {
        if (request.IsBulk) Note(request.Documents().Where(d => !d.Index.StartsWith("deadletter-", StringComparison.Ordinal)).Select(d => d.Id));
        else if (request.IsMultiGet) Note(request.LookUps().Where(d => !d.Index.StartsWith("deadletter-", StringComparison.Ordinal)).Select(d => d.Id));
        StoreReply reply = AnswerNow(request);
        return reply with { Delay = TimeSpan.FromMilliseconds(random.Next(0, 40)) };
    }

    private StoreReply AnswerNow(StoreRequest request)
    {
        if (_deadFor > 0)
        {
            _deadFor--;
            return StoreReply.Unreachable;
        }

        if (Calm)
        {
            _usersForgotten = false;
            _closedIndices.Clear();
        }
        else
        {
            if (Chance(100)) _usersForgotten = !_usersForgotten;
            if (_usersForgotten && Chance(4)) _usersForgotten = false;
            if (_usersForgotten) return new StoreReply(401, "");
            switch (random.Next(60))
            {
                case 0: return StoreReply.Unreachable;
                case 1: return StoreReply.Closed;
                case 2: return StoreReply.Nothing;
                case 3: return new StoreReply(429, """{"error":{"type":"circuit_breaking_exception","reason":"too large"},"status":429}""") { RetryAfter = Chance(2) ? TimeSpan.FromSeconds(3) : null };
                case 4: return new StoreReply(503, "");
                case 5: return new StoreReply(502, "<html>");
                case 6: return StoreReply.Ok("garbage");
            }
        }

        if (request.Method == HttpMethod.Get) return StoreReply.Ok("{}");
        if (request.IsMultiGet) return Spoil(LookUp(request));
        if (request.Body.Length > MaxRequestBytes) return new StoreReply(413, "");
        return Bulk(request);
    }

    private StoreReply Bulk(StoreRequest request)
    {
        var documents = request.Documents();
        if (documents.Any(d => d.Action.Contains("_foo", StringComparison.Ordinal))) return new StoreReply(400, """{"error":{"type":"illegal_argument_exception","reason":"unknown parameter"},"status":400}""");
        if (documents.Any(d => d.Source.Contains(Killer, StringComparison.Ordinal)))
        {
            // Documents before the one that kills may be stored.
            foreach (var document in documents.TakeWhile(d => !d.Source.Contains(Killer, StringComparison.Ordinal)).Where(_ => Chance(2))) Apply(document);
            _deadFor = random.Next(4);
            return StoreReply.Closed;
        }

        List<string> items = [];
        foreach (var document in documents)
        {
            if (!Calm && Chance(150)) _closedIndices.Add(document.Index);
            if (Chance(6)) _closedIndices.Remove(document.Index);
            items.Add($"{{\"create\":{Apply(document)}}}");
        }

        // A lost item, then a lost answer, after everything was applied.
        if (!Calm && Chance(40)) items.RemoveAt(random.Next(items.Count));
        return Spoil($"{{\"took\":1,\"errors\":{(items.Any(i => i.Contains("error", StringComparison.Ordinal)) ? "true" : "false")},\"items\":[{string.Join(',', items)}]}}");
    }

    private string Apply((string Index, string Id, string Source, string Action) document)
    {
        if (_closedIndices.Contains(document.Index)) return """{"status":400,"error":{"type":"index_closed_exception","reason":"closed"}}""";
        if (!Calm && Chance(12)) return """{"status":429,"error":{"type":"rejected_execution_exception","reason":"full"}}""";
        if (!Calm && Chance(25)) return """{"status":503,"error":{"type":"unavailable_shards_exception","reason":"not active"}}""";
        if (!Calm && Chance(40)) return """{"status":400,"error":{"type":"validation_exception","reason":"Validation Failed: 1: maximum shards open;"}}""";
        if (document.Source.Contains(Poison, StringComparison.Ordinal)) return """{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse"}}""";
        if (!Documents.TryAdd((document.Index, document.Id), document.Source)) return """{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"exists"}}""";
        return """{"status":201}""";
    }

    private string LookUp(StoreRequest request) => "{\"docs\":[" + string.Join(',', request.LookUps().Select(l =>
    {
        if (!Calm && Chance(60)) return """{"error":{"type":"no_shard_available_action_exception","reason":"none"}}""";
        if (!Documents.TryGetValue((l.Index, l.Id), out string? source)) return "{\"found\":false}";
        using JsonDocument json = JsonDocument.Parse(source);
        return $"{{\"found\":true,\"_source\":{{\"@timestamp\":{json.RootElement.GetProperty("@timestamp").GetRawText()},\"attributes\":{{\"log.length\":{json.RootElement.GetProperty("attributes").GetProperty("log.length").GetRawText()}}}}}}}";
    })) + "]}";

    private StoreReply Spoil(string body)
    {
        if (Calm) return StoreReply.Ok(body);
        return random.Next(30) switch
        {
            0 => StoreReply.Closed,
            1 => StoreReply.Nothing,
            2 => StoreReply.Ok(body[..random.Next(body.Length)]),
            3 => new StoreReply(504, ""),
            _ => StoreReply.Ok(body),
        };
    }

    private void Note(IEnumerable<string> ids)
    {
        foreach (string id in ids)
        {
            if (_seen.Add(id)) FirstSeen.Add(id);
        }
    }

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;
}
