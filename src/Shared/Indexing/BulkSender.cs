using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using LogPipeline.Configuration;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Delivery;
using LogPipeline.Observability;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Indexing;

/// <summary>
/// Sends bodies until every outcome is certain. Takes requests from <see cref="SendQueue"/> as places are free, carries them out, has
/// <see cref="AnswerRules"/> judge the answers, and queues what follows. Nothing is decided here about documents.
/// </summary>
/// <remarks>
/// After <see cref="DisposeAsync"/> bodies that are not completed are never completed: their buffers stay theirs, and nobody hears that
/// they were stored.
/// </remarks>
public sealed class BulkSender : IBulkSender, IAsyncDisposable
{
    private const string BulkPath = "_bulk?filter_path=" + Verdicts.BulkResponseReader.FilterPath;
    private const string MultiGetPath = "_mget?" + Verdicts.MultiGetReader.Query;

    /// <summary>
    /// A request of so many bytes goes into the socket at once: it is started on the thread that brings it, as handing it to another one costs more
    /// than writing it. A larger one would keep that thread from filling the next.
    /// </summary>
    private const int StartedInPlaceBytes = 64 << 10;

    /// <summary>Timers are no finer; a shorter wait would only spin.</summary>
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private readonly StoreConnection _store;
    private readonly TimeSpan _maxBackoff;
    private readonly SenderReports _reports;
    private readonly StepCpu _cpu;
    private readonly Counter<long> _records;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly PipeScheduler? _scheduler;
    private readonly Lock _gate = new();
    private readonly SendQueue _queue;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource? _idle;
    private bool _ready;
    private bool _pumping;
    private bool _pumpAgain;

    /// <param name="store">Where requests go; stays the caller's.</param>
    /// <param name="options">Pauses.</param>
    /// <param name="metrics">Counters of requests, bytes, repeats, dead letters.</param>
    /// <param name="log">State changes.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="ready">Nothing is sent before this has completed (templates are in place).</param>
    /// <param name="random">Source of jitter.</param>
    /// <param name="scheduler">Where requests are started; when null, small ones in place and others on the thread pool.</param>
    /// <param name="limits">The tenants' shares; when null all have the same.</param>
    public BulkSender(
        StoreConnection store, IndexingOptions options, PipelineMetrics metrics, IPipelineLog log, TimeProvider time,
        Task ready, Random? random = null, PipeScheduler? scheduler = null, TenantLimits? limits = null)
    {
        _queue = new SendQueue((limits ?? TenantLimits.None).ShareOf);
        _store = store;
        _maxBackoff = options.MaxBackoff;
        _reports = new SenderReports(metrics, log);
        _cpu = metrics.Cpu;
        _records = metrics.Records;
        _time = time;
        _random = random ?? Random.Shared;
        _scheduler = scheduler;
        _timer = time.CreateTimer(static self => ((BulkSender)self!).Pump(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ready = ready.IsCompletedSuccessfully;
        if (!_ready) _ = OpenAsync(ready);
    }

    /// <summary>The tenants that wait for a person.</summary>
    public IReadOnlyList<HeldTenant> HeldTenants
    {
        get
        {
            lock (_gate) return [.. _queue.Held.Select(h => new HeldTenant(h.Tenant, h.Reason.Text))];
        }
    }

    /// <summary>Why the store has taken nothing for a while, in a sentence for people; null when it takes documents, or there are none.</summary>
    public string? Trouble => _reports.TroubleAt(_store.Now);

    /// <summary>Requests allowed at once now, over all endpoints in use.</summary>
    public int Concurrency => _store.Endpoints.Limit(_store.Now);

    /// <summary>How long the store has taken nothing although documents wait for it; zero when none do.</summary>
    public TimeSpan StalledFor
    {
        get
        {
            lock (_gate) return _queue.StalledFor(_store.Now);
        }
    }

    public int InFlight(string tenant)
    {
        lock (_gate) return _queue.BodiesOf(tenant);
    }

    public void Send(BulkBody body, Action<BulkBody> completed)
    {
        if (body.ItemCount == 0)
        {
            completed(body);
            return;
        }

        BodyDelivery delivery = new(body, completed);
        if (body.LookUpFirst) delivery.LookUps = new LookUpResults(body.ItemCount);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            _queue.Open(body.Tenant, _store.Now);
            foreach (BulkWork work in FirstWork(delivery)) _queue.AddFresh(work);
        }

        _records.Add(body.ItemCount, new KeyValuePair<string, object?>("tenant", body.Tenant));
        Pump();
    }

    /// <summary>Cancels requests under way and waits until none reads a body any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Task idle;
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return;
            idle = _queue.InFlight == 0 ? Task.CompletedTask : (_idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await idle.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private static IEnumerable<BulkWork> FirstWork(BodyDelivery delivery)
    {
        BulkWork whole = new() { Delivery = delivery, Kind = delivery.LookUps is null ? WorkKind.Send : WorkKind.LookUp };
        if (delivery.LookUps is null) return [whole];
        return Enumerable.Range(0, delivery.Body.ItemCount).Chunk(LookUpRequest.MaxDocuments).Select(slice => whole with { Items = slice });
    }

    private async Task OpenAsync(Task ready)
    {
        await ready.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ready.IsCompletedSuccessfully) return;
        lock (_gate) _ready = true;
        Pump();
    }

    /// <summary>Starts what may start. A request that ends at once on this thread asks for another round instead of another stack frame.</summary>
    private void Pump()
    {
        lock (_gate)
        {
            _pumpAgain = true;
            if (_pumping) return;
            _pumping = true;
        }

        while (TryTake(out Attempt attempt)) SchedulerOf(attempt).Schedule(static state => _ = ((Attempt)state!).RunAsync(), attempt);
    }

    private PipeScheduler SchedulerOf(Attempt attempt) =>
        _scheduler ?? (attempt.Work is { Kind: WorkKind.Send, IsSuspect: false } work && work.Delivery.Body.Length <= StartedInPlaceBytes ? PipeScheduler.Inline : PipeScheduler.ThreadPool);

    private bool TryTake(out Attempt attempt)
    {
        lock (_gate)
        {
            TimeSpan now = _store.Now;
            do
            {
                _pumpAgain = false;
                if (!_ready || _stop.IsCancellationRequested) break;
                if (_queue.TryTake(now, _store.Endpoints.Limit(now), out BulkWork work, out bool probe))
                {
                    attempt = new Attempt(this, work, probe, _store.Endpoints.Take(now));
                    return true;
                }

                _queue.Trim(now);
                if (_queue.NextDue(now) is { } due) _timer.Change(due - now > TimerResolution ? due - now : TimerResolution, Timeout.InfiniteTimeSpan);
            }
            while (_pumpAgain);

            _pumping = false;
            attempt = null!;
            return false;
        }
    }

    private async Task RunAsync(Attempt attempt)
    {
        BulkWork work = attempt.Work;
        StoreAnswer answer;
        try
        {
            answer = await ExecuteAsync(attempt).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A fault of this program before anything was sent: tried again.
            _reports.Fault(e);
            answer = StoreAnswer.Failed(StoreFailure.NotConnected, e.Message);
        }

        long began = StepCpu.ThreadNanos;
        using (answer)
        {
            WorkResult? result = null;
            BodyDelivery? letters = null;
            bool settled = false;
            if (answer.Failure != StoreFailure.Stopped)
            {
                lock (work.Delivery.Sync) (result, letters, settled) = Judge(work, answer);
            }

            long bytes = work.Kind == WorkKind.Send ? work.RequestBytes() : 0;
            bool changed = _store.Endpoints.Release(attempt.Endpoint, answer, bytes, result?.Overloaded ?? false, _store.Now);
            if (changed) _reports.Reachability(attempt.Endpoint, answer);
            if (result is not null) _reports.Answered(attempt.Endpoint, answer, result, _store.Now);
            Queue(attempt, answer, result, letters);
            if (settled) Complete(work.Delivery);
        }

        _cpu.AddReceive(StepCpu.ThreadNanos - began + answer.ReadCpuNanos);
        Pump();
    }

    private (WorkResult Result, BodyDelivery? Letters, bool Settled) Judge(BulkWork work, StoreAnswer answer)
    {
        try
        {
            WorkResult result = work.Kind switch
            {
                WorkKind.Send => AnswerRules.AfterSend(work, answer),
                WorkKind.Verify => AnswerRules.AfterVerify(work, answer),
                _ => AnswerRules.AfterLookUp(work, answer),
            };
            return (result, work.Delivery.TakeDeadLetters(_time.GetUtcNow()), work.Delivery.TakeCompletion());
        }
        catch (Exception e)
        {
            // A fault of this program: what is certain stays so, the rest is sent again.
            _reports.Fault(e);
            WorkResult result = new() { RetryReason = "fault" };
            BulkWork remaining = work.Delivery.Remaining(work);
            if (remaining.Count > 0) result.Retry.Add(remaining);
            return (result, null, work.Delivery.TakeCompletion());
        }
    }

    private async Task<StoreAnswer> ExecuteAsync(Attempt attempt)
    {
        BulkWork work = attempt.Work;
        if (work.Kind != WorkKind.Send)
        {
            using ReadOnlyMemoryContent json = new(LookUpRequest.Encode(work));
            json.Headers.ContentType = new("application/json");
            return await _store.SendAsync(attempt.Endpoint, HttpMethod.Post, MultiGetPath, json, _stop.Token).ConfigureAwait(false);
        }

        if (work.IsSuspect)
        {
            // A sign of life, without which the next closure would prove nothing.
            using StoreAnswer alive = await _store.SendAsync(attempt.Endpoint, HttpMethod.Get, "", null, _stop.Token).ConfigureAwait(false);
            if (alive.Failure != StoreFailure.None) return StoreAnswer.Failed(alive.Failure == StoreFailure.Stopped ? StoreFailure.Stopped : StoreFailure.NotConnected, alive.Detail);
        }

        using BulkContent content = new(work.Delivery.Body, work.Items, _store.Gzip);
        StoreAnswer answer = await _store.SendAsync(attempt.Endpoint, HttpMethod.Post, BulkPath, content, _stop.Token).ConfigureAwait(false);
        await content.WhenUnread().ConfigureAwait(false);
        _reports.Request(answer, content.Length);
        return answer;
    }

    private void Queue(Attempt attempt, StoreAnswer answer, WorkResult? result, BodyDelivery? letters)
    {
        BulkWork work = attempt.Work;
        string tenant = work.Delivery.Body.Tenant;
        lock (_gate)
        {
            _queue.Finished(work, result?.Progress ?? false, _store.Now);
            if (_queue.InFlight == 0) _idle?.TrySetResult();
            if (result is null) return;

            TimeSpan now = _store.Now;
            if (attempt.IsProbe && result.Held is { } still)
            {
                HoldUntil(tenant, _queue.HoldOn(still), now);
            }
            else if (attempt.IsProbe && !result.Progress && result.Retry.Count > 0)
            {
                // Nothing is known: the tenant stays held, and what is to be sent again is what is tried next.
                foreach (BulkWork again in Enumerable.Reverse(result.Retry)) HoldUntil(tenant, _queue.HoldOn(again), now);
                result.Retry.Clear();
            }
            else if (attempt.IsProbe)
            {
                Release(tenant);
            }
            else if (result.Held is { } held && _queue.Hold(held, result.Hold!))
            {
                _reports.Held(tenant, result.Hold!);
                HoldUntil(tenant, 1, now);
            }

            foreach (BulkWork next in result.Next) _queue.AddLater(next, now);
            foreach (BulkWork again in result.Retry)
            {
                _queue.AddLater(again, now + RetryBackoff.Delay(again.Attempts, _maxBackoff, answer.RetryAfter, _random.NextDouble()));
                _reports.Retried(result.RetryReason, again.Count);
            }

            if (letters is not null) _queue.AddLater(new BulkWork { Delivery = letters, Kind = WorkKind.Send }, now);
        }
    }

    private void HoldUntil(string tenant, int attempts, TimeSpan now) =>
        _queue.HoldUntil(tenant, now + RetryBackoff.HeldDelay(attempts, _maxBackoff, _random.NextDouble()));

    private void Release(string tenant)
    {
        if (_queue.HoldOf(tenant) is not { } reason) return;
        _queue.ReleaseHold(tenant);
        _reports.Released(tenant, reason);
    }

    private void Complete(BodyDelivery delivery)
    {
        if (delivery.Parent is not { } parent)
        {
            lock (_gate) _queue.Close(delivery.Body.Tenant);
            delivery.Completed(delivery.Body);
            return;
        }

        BodyDelivery? more;
        bool settled;
        lock (parent.Sync)
        {
            _reports.DeadLettered(delivery);
            parent.DeadLettersSettled(delivery);
            delivery.Body.Dispose();
            more = parent.TakeDeadLetters(_time.GetUtcNow());
            settled = parent.TakeCompletion();
        }

        if (more is not null)
        {
            lock (_gate) _queue.AddLater(new BulkWork { Delivery = more, Kind = WorkKind.Send }, _store.Now);
        }

        if (settled) Complete(parent);
    }

    /// <summary>One request on its way.</summary>
    private sealed record Attempt(BulkSender Sender, BulkWork Work, bool IsProbe, StoreEndpoint Endpoint)
    {
        public Task RunAsync() => Sender.RunAsync(this);
    }
}
