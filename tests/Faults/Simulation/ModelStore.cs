using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Indexing;

namespace LogPipeline.Tests.Simulation;

/// <summary>
/// A store and the sender before it, as a model: documents by index and id, <c>create</c> only, and answers that come late, after a retry, or never
/// (the process dies). It outlives the process.
/// </summary>
internal sealed class ModelStore(Random random, ModelStore? shared = null) : IBulkSender
{
    private readonly List<(BulkBody Body, Action<BulkBody> Completed)> _underWay = [];

    /// <summary>What is stored; with a <c>shared</c> store, what that one holds: another process's sender to the same server.</summary>
    public Dictionary<(string Index, string Id), StoredDocument> Documents { get; } = shared?.Documents ?? [];

    /// <summary>How many documents were sent that the store had.</summary>
    public int Conflicts { get; private set; }

    public int LookedUp { get; private set; }

    public bool IsQuiet => _underWay.Count == 0;

    public void Send(BulkBody body, Action<BulkBody> completed) => _underWay.Add((body, completed));

    public int InFlight(string tenant) => _underWay.Count(sent => sent.Body.Tenant == tenant);

    /// <summary>Answers one request, in any order.</summary>
    public void Answer()
    {
        if (_underWay.Count == 0) return;
        int index = random.Next(_underWay.Count);
        (BulkBody body, Action<BulkBody> completed) = _underWay[index];
        _underWay.RemoveAt(index);
        Apply(body);
        completed(body);
    }

    /// <summary>The process is gone: some of what was under way arrives all the same, wholly or in part; nobody hears of it.</summary>
    public void LoseProcess()
    {
        foreach ((BulkBody body, _) in _underWay)
        {
            if (body.LookUpFirst && random.Next(2) == 0) continue;
            int arrived = random.Next(3) switch { 0 => 0, 1 => body.ItemCount, _ => random.Next(body.ItemCount + 1) };
            if (body.LookUpFirst && body.Items.ToArray().Any(item => Documents.TryGetValue(Address(body, item), out StoredDocument? stored) && stored.LengthBytes != item.RecordLengthBytes)) continue;
            foreach (BulkItem item in body.Items[..arrived]) Documents.TryAdd(Address(body, item), StoredDocument.Parse(body.SourceLine(item)));
        }
        _underWay.Clear();
    }

    private void Apply(BulkBody body)
    {
        bool conflict = false;
        if (body.LookUpFirst)
        {
            foreach (ref BulkItem item in body.Items)
            {
                LookedUp++;
                if (!Documents.TryGetValue(Address(body, item), out StoredDocument? stored)) continue;
                Judge(ref item, stored);
                conflict |= item.Outcome == ItemOutcome.Conflict;
            }
        }
        foreach (ref BulkItem item in body.Items)
        {
            if (item.Outcome != ItemOutcome.Unknown) continue;
            if (conflict)
            {
                item.Outcome = ItemOutcome.NotSent;
                continue;
            }
            var document = StoredDocument.Parse(body.SourceLine(item));
            if (Documents.TryAdd(Address(body, item), document)) item.Outcome = ItemOutcome.Stored;
            else
            {
                Conflicts++;
                Judge(ref item, Documents[Address(body, item)]);
            }
        }
    }

    private static void Judge(ref BulkItem item, StoredDocument stored)
    {
        bool same = stored.LengthBytes == item.RecordLengthBytes;
        item.Outcome = same ? ItemOutcome.Stored : ItemOutcome.Conflict;
        item.StoredLengthBytes = stored.LengthBytes;
    }

    private static (string Index, string Id) Address(BulkBody body, in BulkItem item)
    {
        using JsonDocument action = JsonDocument.Parse(body.ActionLine(item).ToArray());
        JsonElement create = action.RootElement.GetProperty("create");
        return (create.GetProperty("_index").GetString()!, create.GetProperty("_id").GetString()!);
    }
}

/// <summary>What the oracle looks at in a stored document.</summary>
internal sealed record StoredDocument(string StreamPath, SubStream SubStream, string Sequence, long LengthBytes, string Text, bool Continued, string Tenant, string FileId, long OffsetBytes)
{
    public static StoredDocument Parse(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement, attributes = root.GetProperty("attributes");
        SubStream lane = !attributes.TryGetProperty("log.iostream", out JsonElement stream) ? SubStream.None : stream.GetString() == "stdout" ? SubStream.Stdout : SubStream.Stderr;
        bool continued = attributes.TryGetProperty("log.flags", out JsonElement flags) && flags.EnumerateArray().Any(flag => flag.GetString() == "continued");
        return new(attributes.GetProperty("log.file.path").GetString()!, lane, attributes.GetProperty("log.sequence").GetString()!, attributes.GetProperty("log.length").GetInt64(),
            root.GetProperty("body").GetString()!, continued, root.GetProperty("tenant").GetString()!, attributes.GetProperty("log.file.id").GetString()!, attributes.GetProperty("log.offset").GetInt64());
    }
}
