using System.Net;
using System.Text.Json;
using LogPipeline.Observability;

namespace LogPipeline.Node.Metadata;

/// <summary>Follows one kind of objects of the API for as long as the process runs: asks what <see cref="WatchProgress"/> says, and hands on what comes.</summary>
internal sealed class ResourceWatch<T>(KubernetesApi api, WatchedResource<T> resource, WatchProgress progress, PipelineMetrics metrics, IPipelineLog log, TimeProvider time)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    // Bookmarks come every minute. A server that has sent one and is silent for so long is gone, whatever the connection says.
    private static readonly TimeSpan SilenceAfterBookmark = TimeSpan.FromMinutes(3);

    private string? _trouble;

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                WatchRequest next = progress.Next();
                await Task.Delay(next.After, time, stopping).ConfigureAwait(false);
                await AskAsync(next, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the process ends
        }
    }

    private async Task AskAsync(WatchRequest request, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        try
        {
            metrics.MetadataRequests.Add(1, new("resource", resource.Name), new("verb", request.IsList ? "list" : "watch"));
            limit.CancelAfter(AnswerLimit);
            using HttpResponseMessage answer = await api.GetAsync(PathOf(request), limit.Token).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.Gone) progress.Expired();
            else if (!answer.IsSuccessStatusCode) Fail(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized
                ? $"the API answers {(int)answer.StatusCode}: the service account must be allowed to get, list and watch {resource.Name}"
                : $"the API answers {(int)answer.StatusCode}");
            else if (request.IsList) await ListAsync(answer, limit.Token).ConfigureAwait(false);
            else await WatchAsync(answer, limit).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or JsonException or FormatException || (lost is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            Fail(lost is OperationCanceledException ? "no answer in time" : lost.GetBaseException().Message);
        }
    }

    private string PathOf(WatchRequest request) => request.IsList
        ? $"{resource.Path}&resourceVersion={request.ResourceVersion}"
        : $"{resource.Path}&watch=true&allowWatchBookmarks=true&resourceVersion={request.ResourceVersion}&timeoutSeconds={(int)request.Timeout.TotalSeconds}";

    private async Task ListAsync(HttpResponseMessage answer, CancellationToken limit)
    {
        await using Stream body = await answer.Content.ReadAsStreamAsync(limit).ConfigureAwait(false);
        using var whole = new MemoryStream();
        await body.CopyToAsync(whole, limit).ConfigureAwait(false);
        whole.Position = 0;
        (IReadOnlyList<T> items, string version) = resource.ReadList(whole);
        resource.Replace(items);
        if (_trouble is not null || !progress.IsListed) log.Write(PipelineLogLevel.Info, LogEvents.MetadataListed, $"The Kubernetes API tells of {items.Count} {resource.Name}.");
        progress.Listed(version);
        _trouble = null;
    }

    private async Task WatchAsync(HttpResponseMessage answer, CancellationTokenSource limit)
    {
        long began = time.GetTimestamp();
        limit.CancelAfter(Timeout.InfiniteTimeSpan);
        await using Stream body = await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
        using var lines = new StreamReader(body);
        while (await lines.ReadLineAsync(limit.Token).ConfigureAwait(false) is { } line)
        {
            WatchLine seen = WatchLine.Parse(line);
            if (seen.Type == "ERROR")
            {
                if (seen.Code == WatchLine.Gone) progress.Expired();
                else Fail($"the API ends a watch with {seen.Code}");
                return;
            }
            if (seen.Type == "BOOKMARK") limit.CancelAfter(SilenceAfterBookmark);
            else Take(seen);
            progress.Seen(seen.ResourceVersion);
        }
        progress.Ended(time.GetElapsedTime(began));
    }

    // One object that cannot be read is no reason to know nothing of all others.
    private void Take(WatchLine seen)
    {
        try
        {
            T value = resource.Read(seen.Object);
            if (seen.Type == "DELETED") resource.Remove(value);
            else resource.Put(value);
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException)
        {
            log.Write(PipelineLogLevel.Warning, LogEvents.MetadataUnreadable, $"One of the {resource.Name} cannot be read: {unreadable.Message} What was known of it stays.");
        }
    }

    private void Fail(string why)
    {
        progress.Failed();
        if (_trouble == why) return;
        _trouble = why;
        log.Write(PipelineLogLevel.Warning, LogEvents.MetadataUnavailable, $"The Kubernetes API does not tell of {resource.Name}: {why.TrimEnd('.')}. It is asked again.");
    }
}
