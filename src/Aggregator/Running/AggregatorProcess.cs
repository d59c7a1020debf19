using Akka.Actor;
using LogPipeline.Aggregator.Bodies;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Setup;
using LogPipeline.Observability;
using LogPipeline.Tenancy;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Aggregator.Running;

/// <summary>What an aggregator has besides its actors: the connection to the store, the sender, the bodies and the meters. Nothing of it is durable.</summary>
public sealed class AggregatorProcess : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly StoreConnection _connection;
    private readonly BulkSender _sender;
    private readonly TimeSpan _drainTimeout;

    public AggregatorProcess(PipelineOptions options, IPipelineLog log)
    {
        TimeProvider time = TimeProvider.System;
        _drainTimeout = options.Ledger.DrainTimeout;
        Uri[] addresses = [.. options.Store.Urls.Select(url => new Uri(url.EndsWith('/') ? url : url + "/"))];
        _connection = new StoreConnection(addresses, options.Store, options.Indexing, StoreConnection.CreateHandler(options.Store), time);
        Task setup = new StoreSetup(_connection, options.Indexing, log, time).RunAsync(_stop.Token);
        Limits = new TenantLimits(options.Tenancy.Limits);
        Quotas = TenantQuotas.Granted(Limits, log, time);
        _sender = new BulkSender(_connection, options.Indexing, Metrics, log, time, setup, limits: Limits);
        var budget = new MemoryBudget(options.Indexing.MaxInFlightBytes);
        Metrics.ObserveAggregator(() => budget.TotalBytes, () => _sender.HeldTenants.Count, () => _sender.Concurrency);
        Metrics.ObserveStore(() => _sender.StalledFor, () => [.. _sender.HeldTenants.Select(held => held.Tenant)]);
        Metrics.ObserveQuotas(() => Quotas.Throttled);
        Bodies = new SharedBodies(options, Metrics, _sender, budget, Quotas, Math.Clamp(Environment.ProcessorCount, 1, 8));
    }

    public PipelineMetrics Metrics { get; } = new();

    public SharedBodies Bodies { get; }

    /// <summary>What tenants may take of the whole cluster.</summary>
    public TenantLimits Limits { get; }

    /// <summary>What this process was granted of it.</summary>
    public TenantQuotas Quotas { get; }

    /// <summary>Has the engine's end wait for what is under way to the store.</summary>
    public void DrainBefore(ActorSystem end) => CoordinatedShutdown.Get(end).AddTask(MemberHost.DrainPhase, "drain", async () =>
    {
        using var limit = new CancellationTokenSource(_drainTimeout);
        await Bodies.DrainAsync(limit.Token);
        return Akka.Done.Instance;
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Bodies.Dispose();
        await _sender.DisposeAsync();
        _connection.Dispose();
        Metrics.Dispose();
        _stop.Dispose();
    }
}
