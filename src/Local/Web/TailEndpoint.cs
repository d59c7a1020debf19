using System.Buffers;
using System.Text.Json;
using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Web;

/// <summary>
/// Live tail as Server-Sent Events. <c>lines</c>: <c>{"records":[…oldest first…],"skipped":n}</c>. <c>problem</c>:
/// <c>{"error":"…"}</c>; following goes on, except after a question that can never be answered (<c>"final":true</c>).
/// </summary>
internal sealed class TailEndpoint(LogSearch search, TimeProvider time)
{
    // Each one asks the store every second; pages that were forgotten must not add up without bound.
    private const int MaxFollowers = 64;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private int _followers;

    public async Task FollowAsync(HttpContext context)
    {
        PageHeaders.Apply(context.Response);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        IHostApplicationLifetime lifetime = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        int followers = Interlocked.Increment(ref _followers);
        try
        {
            if (followers > MaxFollowers)
            {
                await SendFailureAsync(context, new SearchFailure(SearchFailureKind.Refused, $"{MaxFollowers} pages follow the logs already. Close one of them."), final: true, ended.Token);
            }
            else if (!FilterQuery.TryRead(context.Request.Query, out LogFilter filter, out SearchFailure? fault))
            {
                await SendFailureAsync(context, fault!, final: true, ended.Token);
            }
            else
            {
                await FollowAsync(context, new LogTail(search, filter, time), ended.Token);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The page was closed, or the process ends: nothing was promised.
        }
        finally
        {
            Interlocked.Decrement(ref _followers);
        }
    }

    private async Task FollowAsync(HttpContext context, LogTail tail, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            SearchOutcome<TailBatch> outcome = await tail.PollAsync(ended);
            if (outcome.TryGet(out TailBatch? batch, out SearchFailure? failure))
            {
                await SendAsync(context, "lines", json =>
                {
                    RecordJson.WriteList(json, "records", batch.Records);
                    json.WriteNumber("skipped", batch.Skipped);
                }, ended);
                continue;
            }

            bool final = failure.Kind == SearchFailureKind.BadQuestion;
            await SendFailureAsync(context, failure, final, ended);
            if (final)
            {
                return;
            }
        }
        while (await timer.WaitForNextTickAsync(ended));
    }

    private static Task SendFailureAsync(HttpContext context, SearchFailure failure, bool final, CancellationToken ended) =>
        SendAsync(context, "problem", json =>
        {
            Answers.WriteFailure(json, failure);
            json.WriteBoolean("final", final);
        }, ended);

    // JSON has no raw line ends, so one data line holds it.
    private static async Task SendAsync(HttpContext context, string name, Action<Utf8JsonWriter> write, CancellationToken ended)
    {
        var buffer = new ArrayBufferWriter<byte>(4 * 1024);
        buffer.Write(System.Text.Encoding.ASCII.GetBytes($"event: {name}\ndata: "));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        buffer.Write("\n\n"u8);
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, ended);
        await context.Response.Body.FlushAsync(ended);
    }
}
