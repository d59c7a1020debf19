using System.IO.Pipelines;
using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Indexing.Connections;
using LogPipeline.Observability;

namespace LogPipeline.Tests.Indexing;

/// <summary>A sender whose store, clock, randomness and threads are the test's own: everything happens on the thread that moves the clock.</summary>
internal sealed class SenderUnderTest : IDisposable
{
    private readonly StoreConnection _connection;
    private readonly PipelineMetrics _metrics = new();

    public SenderUnderTest(Func<StoreRequest, StoreReply> script, int concurrency = 4, int seed = 1, int endpoints = 1, Task? ready = null, StoreOptions? store = null)
    {
        // A test runner's context would carry continuations to other threads.
        SynchronizationContext.SetSynchronizationContext(null);
        Time = new VirtualTime();
        Store = new ScriptedStore(Time, script);
        IndexingOptions options = new() { MaxConcurrency = concurrency };
        _connection = new StoreConnection(Enumerable.Range(0, endpoints).Select(i => new Uri($"http://store{i}:9200/prefix")), store ?? new StoreOptions(), options, Store, Time);
        Sender = new BulkSender(_connection, options, _metrics, Log, Time, ready ?? Task.CompletedTask, new Random(seed), PipeScheduler.Inline);
    }

    public VirtualTime Time { get; }

    public ScriptedStore Store { get; }

    public RecordingLog Log { get; } = new();

    public BulkSender Sender { get; }

    public List<BulkBody> Completed { get; } = [];

    public IEnumerable<StoreRequest> Bulks => Store.Requests.Where(r => r.IsBulk);

    public BulkBody Send(BulkBody body)
    {
        Sender.Send(body, Completed.Add);
        return body;
    }

    /// <summary>Sends a body and moves the clock until it is completed.</summary>
    public ItemOutcome[] Deliver(BulkBody body)
    {
        Send(body);
        Assert.True(Time.Until(() => Completed.Contains(body), TimeSpan.FromHours(1)), "the body was not completed");
        return body.Outcomes();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _metrics.Dispose();
    }
}
