using System.Collections.Concurrent;
using System.Net;
using Akka.Actor;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Cluster.Connections;
using LogPipeline.Observability;

namespace LogPipeline.Node.Connections;

/// <summary>
/// The connections of this node to the aggregators that own its streams, one each, made when the first stream wants it. Where none comes about, as behind a firewall that
/// does not know the port, chunks go over the engine's own connection. Safe from any thread.
/// </summary>
public sealed class ChunkConnections(ActorSystem system, MemberCertificate? certificate, IPipelineLog log, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan OpeningLimit = TimeSpan.FromSeconds(10), RetryAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Address, Aggregator> _aggregators = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>How many are open.</summary>
    public int Count => _aggregators.Values.Count(aggregator => aggregator.Open is { IsOpen: true });

    /// <summary>The open connection to an aggregator. Null when there is none; then one is begun, unless that has just failed.</summary>
    public ChunkConnection? To(Address address)
    {
        Aggregator aggregator = _aggregators.GetOrAdd(address, static _ => new Aggregator());
        if (aggregator.Open is { IsOpen: true } open) return open;
        if (aggregator.TryBegin(time)) _ = ServeAsync(address, aggregator);
        return null;
    }

    public void Dispose() => _stop.Cancel();

    private async Task ServeAsync(Address address, Aggregator aggregator)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(OpeningLimit);
            ActorSelection asked = system.ActorSelection(new RootActorPath(address) / "user" / ChunkPort.ActorName);
            ChunkPort port = await asked.Ask<ChunkPort>(AskChunkPort.Instance, limit.Token).ConfigureAwait(false);
            var connection = new ChunkConnection(await ConnectionOpening.ConnectAsync(EndPointOf(address.Host, port), certificate, limit.Token));
            aggregator.Open = connection;
            await connection.RunAsync(_stop.Token);
            log.Write(PipelineLogLevel.Info, LogEvents.ChunkConnectionFailed, $"{address} has closed its connection for chunks. What was under way is sent again.");
        }
        catch (Exception fault)
        {
            if (!_stop.IsCancellationRequested)
                log.Write(PipelineLogLevel.Info, LogEvents.ChunkConnectionFailed, $"No connection for chunks to {address} ({fault.Message}). They go over the engine's own; it is tried again.");
        }
        finally
        {
            aggregator.End(time);
        }
    }

    private static EndPoint EndPointOf(string host, ChunkPort port) => IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port.Port) : new DnsEndPoint(host, port.Port);

    private sealed class Aggregator
    {
        private readonly Lock _lock = new();
        private bool _isServed;
        private long? _endedAt;

        public volatile ChunkConnection? Open;

        public bool TryBegin(TimeProvider time)
        {
            lock (_lock)
            {
                if (_isServed || (_endedAt is { } ended && time.GetElapsedTime(ended) < RetryAfter)) return false;
                return _isServed = true;
            }
        }

        public void End(TimeProvider time)
        {
            lock (_lock)
            {
                Open = null;
                (_isServed, _endedAt) = (false, time.GetTimestamp());
            }
        }
    }
}
