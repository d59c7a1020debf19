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
/// <param name="store">Where requests go; stays the caller's.</param>
/// <param name="options">The index pattern, and pauses.</param>
/// <param name="log">What is waited for, and that it came.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="name">What people call the store; null for product and version.</param>
public sealed class StoreSetup(IStoreRequests store, IndexingOptions options, IPipelineLog log, TimeProvider time, string? name = null)
{
    /// <summary>A trouble that lasts is told again this often.</summary>
    private static readonly TimeSpan ToldAgainAfter = TimeSpan.FromMinutes(10);

    /// <summary>Indices named in the warning; more are only counted.</summary>
    private const int NamedIndices = 5;

    private (string Event, StoreFailure Failure, int Status) _told;
    private long _toldAt;
    private volatile string? _trouble;

    /// <summary>Why nothing may be sent yet, in sentences for people; null before the first answer and when documents may be sent.</summary>
    public string? Trouble => _trouble;

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
            if (answer.Failure != StoreFailure.None || answer.Status != 200) return Unanswered(answer);
            if (!ServerVersion.TryParse(answer.Body, out ServerVersion server))
            {
                return Wait(LogEvents.StoreUnreachable, PipelineLogLevel.Error, answer, $"What answers at {Addresses} is neither OpenSearch nor Elasticsearch 7 or later. Nothing is sent before store.urls names one of those.");
            }

            Server = server;
        }

        string pattern = IndexTemplates.PatternOf(options.Index);
        bool ready = await PutLogsAsync(Server.Value, pattern, cancellationToken).ConfigureAwait(false)
            && await PutAsync(IndexTemplates.DeadLettersName, IndexTemplates.DeadLetters(Server.Value.HasComposableTemplates), cancellationToken).ConfigureAwait(false) == Put.Done;
        if (!ready) return false;
        await WarnOfAsyncTranslogAsync(pattern, cancellationToken).ConfigureAwait(false);
        _trouble = null;
        log.Write(PipelineLogLevel.Info, LogEvents.StoreReady, $"The store is {name ?? Server.ToString()}; documents go to {pattern}, refused ones to {IndexTemplates.DeadLettersPattern}.");
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
        Tell(LogEvents.TemplateForbidden, PipelineLogLevel.Warning, answer, $"The index templates may not be read or written with these credentials ({StoreError.ParseBody(answer.Body).Reason}); documents are sent without. Put them as an administrator, or fields will be mapped by guess.");
        return Put.Done;
    }

    private Put Fail(StoreAnswer answer)
    {
        if (answer.Failure != StoreFailure.None || answer.Status is 401 or 429 or >= 500) Unanswered(answer);
        else Wait(LogEvents.TemplateRefused, PipelineLogLevel.Error, answer, $"The store refuses an index template: HTTP {answer.Status} {StoreError.ParseBody(answer.Body).Reason}. Nothing is sent before that is put right.");
        return Put.Failed;
    }

    /// <summary>No answer, or none that says what the store is. Always false.</summary>
    private bool Unanswered(StoreAnswer answer)
    {
        if (answer.Failure != StoreFailure.None) return Wait(LogEvents.StoreUnreachable, PipelineLogLevel.Warning, answer, $"{Addresses} does not answer: {answer.Detail}. Nothing is sent before it does.");
        bool passes = answer.Status is 429 or >= 500;
        string remedy = answer.Status switch
        {
            401 => "it wants a user and password (store.user with password_env or password_file) or an API key (store.api_key_env or api_key_file), or others than it was given",
            403 => "the user needs the right to ask for it and to write",
            >= 300 and < 400 => "a redirection is not followed: store.urls must name the store itself",
            _ when passes => "it is asked again until it is ready",
            _ => "store.urls must name the store, with the path under which it is, if any",
        };
        string reason = StoreError.ParseBody(answer.Body).Reason;
        return Wait(LogEvents.StoreUnreachable, passes ? PipelineLogLevel.Warning : PipelineLogLevel.Error, answer, $"{Addresses} answers HTTP {answer.Status}{(reason.Length > 0 ? $" ({reason.TrimEnd(';', '.')})" : "")}: {remedy}. Nothing is sent before that.");
    }

    /// <summary>What hinders sending is told, and kept for whoever asks. Always false.</summary>
    private bool Wait(string eventName, PipelineLogLevel level, StoreAnswer answer, string message)
    {
        _trouble = message;
        Tell(eventName, level, answer, message);
        return false;
    }

    /// <summary>Tells of a state when it is another than the last one, and now and then while it lasts.</summary>
    private void Tell(string eventName, PipelineLogLevel level, StoreAnswer answer, string message)
    {
        var state = (eventName, answer.Failure, answer.Status);
        if (_told == state && time.GetElapsedTime(_toldAt) < ToldAgainAfter) return;
        log.Write(level, eventName, message);
        (_told, _toldAt) = (state, time.GetTimestamp());
    }

    private string Addresses => string.Join(", ", store.Names);

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
