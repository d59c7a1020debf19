using System.Text.Json;
using LogPipeline.Ledger.State;

namespace LogPipeline.Local.Running.Explaining;

/// <summary>What the running pipeline says of one file: its health view, read over HTTP.</summary>
internal sealed record ProcessReport
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How far it has read the file; null when it does not say.</summary>
    public long? ReadToBytes { get; private init; }

    /// <summary>Why the store refuses the tenant's requests; null when it does not.</summary>
    public string? HeldBecause { get; private init; }

    /// <summary>What would help to read the file; null when it can be read.</summary>
    public string? UnreadableHint { get; private init; }

    /// <summary>Says nothing when the process does not answer.</summary>
    public static async Task<ProcessReport> AskAsync(StateDirectoryLockInfo pipeline, string path, string? tenant, CancellationToken stop)
    {
        if (pipeline.Endpoint.Length == 0) return new ProcessReport();
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using JsonDocument health = JsonDocument.Parse(await client.GetByteArrayAsync(new Uri(StoreAddress.ReachableFromHere(new Uri(pipeline.Endpoint)), "/api/health"), stop));
            JsonElement root = health.RootElement;
            return new ProcessReport
            {
                ReadToBytes = root.GetProperty("files").EnumerateArray().Where(file => file.GetProperty("path").GetString() == path).OrderBy(file => file.GetProperty("state").GetString() is "deleted" or "gone").Select(file => (long?)file.GetProperty("read").GetInt64()).FirstOrDefault(),
                HeldBecause = root.GetProperty("heldTenants").EnumerateArray().FirstOrDefault(held => held.GetProperty("tenant").GetString() == tenant) is { ValueKind: JsonValueKind.Object } held ? held.GetProperty("reason").GetString() : null,
                UnreadableHint = root.GetProperty("unreadableFiles").EnumerateArray().Where(file => file.GetProperty("path").GetString() == path).Select(file => file.GetProperty("hint").GetString()).FirstOrDefault(),
            };
        }
        catch (Exception silent) when (silent is HttpRequestException or JsonException or KeyNotFoundException || (silent is OperationCanceledException && !stop.IsCancellationRequested))
        {
            // It starts or ends just now, or is another version: what ledger, disk and store say stands without it.
            return new ProcessReport();
        }
    }
}
