using System.Runtime.CompilerServices;
using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>
/// What the store holds of the ledger's files. The questions are of the part of the API that OpenSearch 1.x to 3.x, Elasticsearch 7.x and 8.x and the
/// embedded store have in common. An answer that is not whole (a shard that failed, time that ran out) is an <see cref="IOException"/>, never a count.
/// </summary>
internal sealed class StoreInventory
{
    /// <summary><c>index.max_result_window</c>.</summary>
    public const int PageSize = 10_000;

    private const string AllDeadLetters = IndexSelection.DeadLetters;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly StoreClient _store;
    private readonly string _indices;

    /// <param name="access">The store.</param>
    /// <param name="wildcard">The indices of the configured pattern.</param>
    /// <param name="files">The ledger's files; what their pins name beyond the pattern is looked at too.</param>
    public StoreInventory(StoreAccess access, string wildcard, IEnumerable<FileCheckpoint> files)
    {
        _store = new StoreClient(access.Client, access.Addresses, Timeout);
        _indices = IndexSelection.Of(wildcard, files);
    }

    /// <summary>Makes all that was acknowledged visible to searches; why that could not be, else null.</summary>
    public async Task<string?> RefreshAsync(CancellationToken stop)
    {
        foreach (string indices in (string[])[_indices, AllDeadLetters])
        {
            SearchOutcome<StoreAnswer> outcome = await _store.SendAsync(HttpMethod.Post, indices + "/_refresh?ignore_unavailable=true", default, stop);
            if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure)) return failure.Message;
            answer.Dispose();
        }
        return null;
    }

    /// <summary>The indices that are there, dead letters' included.</summary>
    public async Task<ExistingIndices> IndicesAsync(CancellationToken stop)
    {
        var names = new List<string>();
        var trimmed = new List<string>();
        var closed = new List<string>();
        foreach (string indices in (string[])[_indices, AllDeadLetters])
        {
            // Only the embedded store knows the last column; others leave out what they do not know.
            using StoreAnswer answer = await AskAsync(HttpMethod.Get, $"_cat/indices/{indices}?format=json&h=index,status,docs.expired", default, stop);
            if (answer.Document is null) continue;
            foreach (JsonElement index in answer.Document.RootElement.EnumerateArray())
            {
                string name = index.GetProperty("index").GetString() ?? "";
                names.Add(name);
                if (index.TryGetProperty("status", out JsonElement status) && status.GetString() == "close") closed.Add(name);
                if (index.TryGetProperty("docs.expired", out JsonElement expired) && expired.GetString() is { Length: > 0 } count && count != "0") trimmed.Add(name);
            }
        }
        return new ExistingIndices(names, trimmed, closed);
    }

    /// <summary>
    /// Adds up the records of files, by range, into <paramref name="into"/>. What is behind the durable positions is told apart only of files whose sums are
    /// not those that the ledger counted: of the others nothing is in flight, and a condition for each file makes the question dear.
    /// </summary>
    public async Task CountAsync(IReadOnlyCollection<FileCheckpoint> files, Dictionary<FileId, StoredFile> into, CancellationToken stop)
    {
        await CountAsync(files, inFlight: false, into, stop);
        FileCheckpoint[] others = [.. files.Where(file => !into.GetValueOrDefault(file.Id, StoredFile.Nothing).HasWhatWasCounted(file))];
        foreach (FileCheckpoint file in others) StoredFile.Of(into, file.Id).ForgetRecords();
        await CountAsync(others, inFlight: true, into, stop);
    }

    private async Task CountAsync(IEnumerable<FileCheckpoint> files, bool inFlight, Dictionary<FileId, StoredFile> into, CancellationToken stop)
    {
        foreach (List<FileCheckpoint> batch in InventoryQuestions.Batches(files, inFlight))
        {
            ReadOnlyMemory<byte> body = SearchBody.Create(Timeout, 0, json => InventoryQuestions.WriteCount(json, batch, inFlight));
            using StoreAnswer answer = await AskAsync(HttpMethod.Post, $"{_indices}/_search?ignore_unavailable=true", body, stop);
            if (answer.Document is null || !answer.Document.RootElement.TryGetProperty("aggregations", out JsonElement found)) continue;
            foreach (JsonElement bucket in found.GetProperty("files").GetProperty("buckets").EnumerateArray()) ReadFile(bucket, into);
        }
    }

    /// <summary>Every record of files, by time.</summary>
    public IAsyncEnumerable<(FileId File, StoredRecord Record)> ListAsync(IEnumerable<FileCheckpoint> files, CancellationToken stop) => ListAsync(_indices, false, files, stop);

    /// <summary>Every dead letter of files, once however many parts it has.</summary>
    public IAsyncEnumerable<(FileId File, StoredRecord Record)> ListDeadLettersAsync(IEnumerable<FileCheckpoint> files, CancellationToken stop) => ListAsync(AllDeadLetters, true, files, stop);

    private async IAsyncEnumerable<(FileId File, StoredRecord Record)> ListAsync(string indices, bool deadLetters, IEnumerable<FileCheckpoint> files, [EnumeratorCancellation] CancellationToken stop)
    {
        foreach (FileCheckpoint[] batch in files.OrderBy(file => file.Id.ToString(), StringComparer.Ordinal).Chunk(InventoryQuestions.MaxBatchFiles))
        {
            string? after = null;
            do
            {
                ReadOnlyMemory<byte> body = SearchBody.Create(Timeout, PageSize, json => InventoryQuestions.WriteList(json, batch, after));
                using StoreAnswer answer = await AskAsync(HttpMethod.Post, $"{indices}/_search?ignore_unavailable=true", body, stop);
                after = null;
                if (answer.Document is null) continue;
                JsonElement hits = answer.Document.RootElement.GetProperty("hits").GetProperty("hits");
                int whole = WholePlaces(hits);
                for (int at = 0; at < whole; at++)
                    if (Read(hits[at], deadLetters) is { } found) yield return found;
                if (hits.GetArrayLength() == PageSize) after = hits[whole - 1].GetProperty("sort").GetRawText();
            }
            while (after is not null);
        }
    }

    // One place may be stored twice, and search_after passes over all that has the same sort values: a full page ends before its last place.
    private static int WholePlaces(JsonElement hits)
    {
        int count = hits.GetArrayLength();
        if (count < PageSize) return count;
        string last = hits[count - 1].GetProperty("sort").GetRawText();
        while (count > 0 && hits[count - 1].GetProperty("sort").GetRawText() == last) count--;
        return count > 0 ? count : throw new IOException($"The store has {PageSize} documents or more of one place in one file ({last}): the pipeline did not write them.");
    }

    // Nothing for the further parts of a dead letter.
    private static (FileId File, StoredRecord Record)? Read(JsonElement hit, bool deadLetters)
    {
        JsonElement source = hit.GetProperty("_source");
        string id = hit.GetProperty("_id").GetString() ?? "";
        if (deadLetters && id.Contains(".part", StringComparison.Ordinal)) return null;
        if (!FileId.TryParse(DocumentSource.Text(source, LogFields.FileId), out FileId file)) return null;
        return (file, new StoredRecord(Number(source, LogFields.Offset), Number(source, LogFields.Length), LaneOf(source), hit.GetProperty("_index").GetString() ?? "", id, deadLetters));
    }

    private static void ReadFile(JsonElement bucket, Dictionary<FileId, StoredFile> into)
    {
        if (!FileId.TryParse(bucket.GetProperty("key").GetString(), out FileId id)) return;
        StoredFile file = StoredFile.Of(into, id);
        foreach (JsonElement range in bucket.GetProperty("ranges").GetProperty("buckets").EnumerateArray())
        {
            StoreCount all = CountOf(range), inFlight = range.TryGetProperty("inflight", out JsonElement behind) ? CountOf(behind) : default;
            if (all != inFlight) file.AddDurable(RangeCount.IndexOf((long)range.GetProperty("key").GetDouble()), all - inFlight);
            if (inFlight.Records > 0) file.AddInFlight(inFlight);
        }
    }

    // A sum is a double: exact to 2^53, and a range has 2^24 bytes.
    private static StoreCount CountOf(JsonElement bucket) => new(bucket.GetProperty("doc_count").GetInt64(), (long)bucket.GetProperty("bytes").GetProperty("value").GetDouble());

    private static long Number(JsonElement source, string path) => long.TryParse(DocumentSource.Text(source, path), out long number) ? number : 0;

    private static SubStream LaneOf(JsonElement source) => DocumentSource.Text(source, LogFields.Stream) switch { "stdout" => SubStream.Stdout, "stderr" => SubStream.Stderr, _ => SubStream.None };

    private async Task<StoreAnswer> AskAsync(HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        SearchOutcome<StoreAnswer> outcome = await _store.SendAsync(method, path, body, stop);
        if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure)) throw new IOException(failure.Message);
        if (answer.Document is { RootElement.ValueKind: JsonValueKind.Object } document && IsPartial(document.RootElement))
        {
            answer.Dispose();
            throw new IOException("The store answered for a part of its shards only: nothing can be concluded. Audit again when it is whole.");
        }
        return answer;
    }

    private static bool IsPartial(JsonElement root) =>
        (root.TryGetProperty("timed_out", out JsonElement timedOut) && timedOut.ValueKind == JsonValueKind.True)
        || (root.TryGetProperty("_shards", out JsonElement shards) && shards.TryGetProperty("failed", out JsonElement failed) && failed.GetInt32() > 0);
}
