using System.Collections.Concurrent;
using System.Net;
using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Indexing.Connections;
using LogPipeline.Observability;

namespace LogPipeline.Tests.Indexing;

/// <summary>The sender on real threads and a real clock: what virtual time cannot show.</summary>
public sealed class BulkSenderThreadsTests
{
    [Fact]
    public async Task Bodies_from_many_threads_are_each_completed_once_and_stored_once()
    {
        const int Bodies = 400;
        ModelStore model = new(new Random(5));
        IndexingOptions options = new() { MaxConcurrency = 8, MaxBackoff = TimeSpan.FromMilliseconds(2), RequestTimeout = TimeSpan.FromMilliseconds(100) };
        using StoreConnection connection = new([new Uri("http://store")], new StoreOptions(), options, new ModelHandler(model), TimeProvider.System);
        using PipelineMetrics metrics = new();
        await using BulkSender sender = new(connection, options, metrics, new RecordingLog(), TimeProvider.System, Task.CompletedTask);
        ConcurrentDictionary<BulkBody, int> completions = new();
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Parallel.For(0, Bodies, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            BulkBody body = Documents.Body("abc"[i % 3].ToString(), n => n % 40 == 0 ? ModelStore.Poison : "fine", [.. Enumerable.Range(i * 10, 10)]);
            body.LookUpFirst = i % 5 == 0;
            sender.Send(body, b =>
            {
                completions.AddOrUpdate(b, 1, (_, count) => count + 1);
                if (completions.Count == Bodies) all.TrySetResult();
            });
        });
        model.Calm = true;
        await all.Task;
        Assert.All(completions, c => Assert.Equal(1, c.Value));
        Assert.Equal(Bodies * 10, model.Documents.Count);
        Assert.All(completions.Keys, b => Assert.All(b.Outcomes(), o => Assert.True(o is ItemOutcome.Stored or ItemOutcome.DeadLettered)));
        Assert.Equal(0, sender.InFlight("a"));
    }

    [Fact]
    public async Task Disposal_under_load_waits_until_no_body_is_read_any_more()
    {
        ModelStore model = new(new Random(6));
        IndexingOptions options = new() { MaxConcurrency = 8, RequestTimeout = TimeSpan.FromMinutes(5) };
        ModelHandler handler = new(model) { Hangs = true };
        using StoreConnection connection = new([new Uri("http://store")], new StoreOptions(), options, handler, TimeProvider.System);
        using PipelineMetrics metrics = new();
        BulkSender sender = new(connection, options, metrics, new RecordingLog(), TimeProvider.System, Task.CompletedTask);
        for (int i = 0; i < 50; i++) sender.Send(Documents.Body("a", i), _ => Assert.Fail("completed"));
        await handler.Entered;
        await sender.DisposeAsync();
        Assert.Equal(0, handler.Inside);
        Assert.Throws<ObjectDisposedException>(() => sender.Send(Documents.Body("a", 99), _ => { }));
    }

    private sealed class ModelHandler(ModelStore model) : HttpMessageHandler
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _inside;

        public bool Hangs { get; init; }

        public Task Entered => _entered.Task;

        public int Inside => Volatile.Read(ref _inside);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _inside);
            try
            {
                _entered.TrySetResult();
                string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
                await Task.Yield();
                StoreReply reply;
                lock (model) reply = Hangs ? StoreReply.Nothing : model.Answer(new StoreRequest(request.Method, request.RequestUri!, body, null));
                if (reply.Silent) await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                if (reply.Error is { } error) throw new HttpRequestException(error, "scripted");
                return new HttpResponseMessage((HttpStatusCode)reply.Status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(reply.Body)) };
            }
            finally
            {
                Interlocked.Decrement(ref _inside);
            }
        }
    }
}
