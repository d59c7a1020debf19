using System.Text;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Delivery;
using LogPipeline.Indexing.Verdicts;
using LogPipeline.Observability;

namespace LogPipeline.Indexing.Setup;

/// <summary>
/// Makes the store ready: finds out what it is, puts the index templates where there are none, and warns of indices that acknowledge
/// before they are on disk. A store that is not there is tried until it is.
/// </summary>
public sealed class StoreSetup(StoreConnection store, IndexingOptions options, IPipelineLog log, TimeProvider time)
{
    /// <summary>Indices named in the warning; more are only counted.</summary>
    private const int NamedIndices = 5;

    private string? _told;

    /// <summary>The server, once it is known.</summary>
    public ServerVersion? Server { get; private set; }

    /// <summary>
    /// Completes when documents may be sent. Templates that the credentials may not write do not hinder that; templates that the server
    /// refuses do, as documents would be mapped wrongly for good.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; !await TryAsync(cancellationToken).ConfigureAwait(false); attempt++)
        {
            TimeSpan pause = RetryBackoff.HeldDelay(attempt, options.MaxBackoff, Random.Shared.NextDouble());
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        using (StoreAnswer answer = await store.SendAsync(HttpMethod.Get, "", default, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.Failure != StoreFailure.None) return Wait(LogEvents.StoreUnreachable, PipelineLogLevel.Warning, $"The store does not answer: {answer.Detail}. Nothing is sent before it does.");
            if (answer.Status != 200)
            {
                PipelineLogLevel level = answer.Status is 429 or >= 500 ? PipelineLogLevel.Warning : PipelineLogLevel.Error;
                return Wait(LogEvents.StoreUnreachable, level, $"The store answers HTTP {answer.Status} {StoreError.ParseBody(answer.Body).Reason}".TrimEnd() + ". Nothing is sent before that is put right.");
            }

            if (!ServerVersion.TryParse(answer.Body, out ServerVersion server))
            {
                return Wait(LogEvents.StoreUnreachable, PipelineLogLevel.Error, "What answers at the store's address is neither OpenSearch nor Elasticsearch 7 or later.");
            }

            Server = server;
        }

        string pattern = IndexTemplates.PatternOf(options.Index);
        bool ready = await PutLogsAsync(Server.Value, pattern, cancellationToken).ConfigureAwait(false)
            && await PutAsync(IndexTemplates.DeadLettersName, IndexTemplates.DeadLetters(Server.Value.HasComposableTemplates), cancellationToken).ConfigureAwait(false) == Put.Done;
        if (!ready) return false;
        await WarnOfAsyncTranslogAsync(pattern, cancellationToken).ConfigureAwait(false);
        log.Write(PipelineLogLevel.Info, LogEvents.StoreReady, $"The store is {Server}; documents go to {pattern}, refused ones to {IndexTemplates.DeadLettersPattern}.");
        return true;
    }

    private async Task<bool> PutLogsAsync(ServerVersion server, string pattern, CancellationToken cancellationToken)
    {
        string? mapType = server.MapType;
        Put put = await PutAsync(IndexTemplates.LogsName, IndexTemplates.Logs(pattern, mapType, server.HasComposableTemplates), cancellationToken).ConfigureAwait(false);
        if (put == Put.UnknownType && mapType is not null)
        {
            // A build without that type (Elasticsearch's "oss").
            mapType = null;
            put = await PutAsync(IndexTemplates.LogsName, IndexTemplates.Logs(pattern, null, server.HasComposableTemplates), cancellationToken).ConfigureAwait(false);
        }

        if (put != Put.Done) return false;
        if (mapType is null) log.Write(PipelineLogLevel.Info, LogEvents.MapsNotSearchable, $"{server} has no type for maps of any keys: labels and parsed fields are stored and shown, but cannot be searched.");
        return true;
    }

    private async Task<Put> PutAsync(string name, byte[] template, CancellationToken cancellationToken)
    {
        string path = (Server!.Value.HasComposableTemplates ? "_index_template/" : "_template/") + name;
        using (StoreAnswer existing = await store.SendAsync(HttpMethod.Get, path, default, cancellationToken).ConfigureAwait(false))
        {
            if (existing.Status == 200) return Put.Done;
            if (existing.Status == 403) return Forbidden(existing);
            if (existing.Status != 404) return Fail(existing);
        }

        using StoreAnswer answer = await store.SendAsync(HttpMethod.Put, path + "?create=true", template, cancellationToken).ConfigureAwait(false);
        if (answer.Status == 200) return Put.Done;
        if (answer.Status == 403) return Forbidden(answer);
        if (answer.Status != 400) return Fail(answer);
        // Another process was quicker.
        if (StoreError.ParseBody(answer.Body).Reason.Contains("already exists", StringComparison.Ordinal)) return Put.Done;
        if (Encoding.UTF8.GetString(answer.Body).Contains("No handler for type", StringComparison.Ordinal)) return Put.UnknownType;
        return Fail(answer);
    }

    private Put Forbidden(StoreAnswer answer)
    {
        Wait(LogEvents.TemplateForbidden, PipelineLogLevel.Warning, $"The index templates may not be read or written with these credentials ({StoreError.ParseBody(answer.Body).Reason}); documents are sent without. Put them as an administrator, or fields will be mapped by guess.");
        return Put.Done;
    }

    private Put Fail(StoreAnswer answer)
    {
        if (answer.Failure != StoreFailure.None) Wait(LogEvents.StoreUnreachable, PipelineLogLevel.Warning, $"The store does not answer: {answer.Detail}. Nothing is sent before it does.");
        else if (answer.Status is 429 or >= 500) Wait(LogEvents.StoreUnreachable, PipelineLogLevel.Warning, $"The store is not ready: HTTP {answer.Status}. Nothing is sent before it is.");
        else Wait(LogEvents.TemplateRefused, PipelineLogLevel.Error, $"The store refuses an index template: HTTP {answer.Status} {StoreError.ParseBody(answer.Body).Reason}. Nothing is sent before that is put right.");
        return Put.Failed;
    }

    /// <summary>Tells of a state once, however often it is met in a row. Always false.</summary>
    private bool Wait(string eventName, PipelineLogLevel level, string message)
    {
        if (_told != eventName) log.Write(level, eventName, message);
        _told = eventName;
        return false;
    }

    private async Task WarnOfAsyncTranslogAsync(string pattern, CancellationToken cancellationToken)
    {
        // Only settings that were set are listed; what is not there is "request". A store that may not be asked is left in peace.
        using StoreAnswer answer = await store.SendAsync(HttpMethod.Get, $"{pattern}/_settings/index.translog.durability?flat_settings=true", default, cancellationToken).ConfigureAwait(false);
        if (answer.Status != 200) return;
        List<string> indices = [];
        try
        {
            using JsonDocument settings = JsonDocument.Parse(answer.Body.ToArray());
            foreach (JsonProperty index in settings.RootElement.EnumerateObject())
            {
                if (index.Value.TryGetProperty("settings", out JsonElement set) && set.TryGetProperty("index.translog.durability", out JsonElement durability)
                    && durability.ValueEquals("async"u8)) indices.Add(index.Name);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not what was asked for: there is nothing to warn of.
            return;
        }

        if (indices.Count == 0) return;
        string more = indices.Count > NamedIndices ? $" and {indices.Count - NamedIndices} more" : "";
        log.Write(PipelineLogLevel.Warning, LogEvents.AsyncTranslog, $"index.translog.durability is async on {string.Join(", ", indices.Take(NamedIndices))}{more}: a crash of the store loses documents that it has acknowledged. Set it to request.");
    }

    private enum Put
    {
        Done,
        UnknownType,
        Failed,
    }
}
