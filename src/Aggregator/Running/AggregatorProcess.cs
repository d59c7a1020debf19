using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using LogPipeline.Aggregator.Bodies;
using LogPipeline.Aggregator.Connections;
using LogPipeline.Aggregator.Setup;
using LogPipeline.Aggregator.Streams;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Cluster.Connections;
using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Setup;
using LogPipeline.Observability;
using LogPipeline.Protocol;
using LogPipeline.Tenancy;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Aggregator.Running;

/// <summary>What an aggregator has besides its actors: the connection to the store, the sender, the bodies and the meters. Nothing of it is durable.</summary>
public sealed class AggregatorProcess : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly StoreConnection _connection;
    private readonly OpenSearchRequests _requests;
    private readonly BulkSender _sender;
    private readonly TimeSpan _drainTimeout;
    private readonly ClusterOptions _cluster;
    private readonly MemberCertificate? _certificate;
    private readonly IPipelineLog _log;
    private ChunkListener? _listener;

    public AggregatorProcess(PipelineOptions options, MemberCertificate? certificate, IPipelineLog log)
    {
        (_cluster, _certificate, _log) = (options.Cluster, certificate, log);
        TimeProvider time = TimeProvider.System;
        _drainTimeout = options.Ledger.DrainTimeout;
        Uri[] addresses = [.. options.Store.Urls.Select(url => new Uri(url.EndsWith('/') ? url : url + "/"))];
        _connection = new StoreConnection(addresses, options.Store, options.Indexing, StoreConnection.CreateHandler(options.Store), time);
        _requests = new OpenSearchRequests(addresses, options.Store, options.Indexing, () => StoreConnection.CreateHandler(options.Store));
        Task setup = new StoreSetup(_requests, options.Indexing, log, time).RunAsync(_stop.Token);
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

    public LocalStreams Streams { get; } = new();

    /// <summary>What tenants may take of the whole cluster.</summary>
    public TenantLimits Limits { get; }

    /// <summary>What this process was granted of it.</summary>
    public TenantQuotas Quotas { get; }

    /// <summary>Listens for nodes' connections.</summary>
    public void TakeChunks(ActorSystem system)
    {
        if (!ListenAddress.TryParse(_cluster.Listen, out IPEndPoint address)) throw new InvalidOperationException($"{_cluster.Listen} was not validated.");
        address.Port = _cluster.ChunkPort;
        try
        {
            _listener = ChunkListener.Start(address, _certificate, Streams, system, _log);
        }
        catch (SocketException fault)
        {
            throw new InvalidOperationException($"cluster.chunk_port: {address} cannot be listened on", fault);
        }
        system.ActorOf(ChunkPortActor.Props(_listener.Port), ChunkPort.ActorName);
    }

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
        _listener?.Dispose();
        Bodies.Dispose();
        await _sender.DisposeAsync();
        _connection.Dispose();
        _requests.Dispose();
        Metrics.Dispose();
        _stop.Dispose();
    }
}
