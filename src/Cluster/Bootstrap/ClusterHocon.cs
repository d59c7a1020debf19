using System.Globalization;
using System.Net;
using LogPipeline.Configuration;
using LogPipeline.Protocol;

namespace LogPipeline.Cluster.Bootstrap;

/// <summary>The engine's configuration, from the pipeline's own.</summary>
public static class ClusterHocon
{
    public const string SystemName = "logpipeline";

    // Above a header alone (60 KiB and some bytes of log); a larger message would be dropped by the transport without telling the sender.
    private const int MaxFrameBytes = 256_000;

    public static string Of(ClusterOptions options, string role)
    {
        if (!ListenAddress.TryParse(options.Listen, out IPEndPoint listen)) throw new ArgumentException($"{options.Listen} was not validated.", nameof(options));
        string seeds = string.Join(", ", options.Seeds.Select(seed => $"\"akka.{(options.Tls.IsOn ? "ssl.tcp" : "tcp")}://{SystemName}@{seed.Replace("localhost", "127.0.0.1", StringComparison.Ordinal)}\""));
        return string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              loglevel = WARNING
              stdout-loglevel = WARNING
              # Nothing here is timed more finely; an idle member wakes a fifth as often as with the engine's own 10 ms.
              scheduler.tick-duration = 50ms
              actor {
                provider = cluster
                # On a machine where many members start at once each step takes its time: a start that fails is another one.
                creation-timeout = 60s
                serializers {
                  stream-message = "LogPipeline.Cluster.Serialization.StreamMessageSerializer, LogPipeline.Cluster"
                  census = "LogPipeline.Cluster.Reunion.CensusSerializer, LogPipeline.Cluster"
                  chunk-port = "LogPipeline.Cluster.Connections.ChunkPortSerializer, LogPipeline.Cluster"
                }
                serialization-bindings {
                  "LogPipeline.Protocol.Messages.IStreamMessage, LogPipeline.Shared" = stream-message
                  "LogPipeline.Cluster.Reunion.ClusterCensus, LogPipeline.Cluster" = census
                  "LogPipeline.Cluster.Connections.AskChunkPort, LogPipeline.Cluster" = chunk-port
                  "LogPipeline.Cluster.Connections.ChunkPort, LogPipeline.Cluster" = chunk-port
                }
                # On the runtime's pool, as all else of the engine: its own dedicated threads spin while they wait, which took a third of a node's CPU time.
                stream-dispatcher { type = Dispatcher, executor = default-executor, throughput = 4 }
              }
              # A member that is started again has the address of its life before: whoever could not reach it tries again soon.
              remote.retry-gate-closed-for = 1s
              remote.startup-timeout = 60s
              remote.dot-netty.tcp {
                enable-ssl = {{(options.Tls.IsOn ? "on" : "off")}}
                hostname = "{{listen.Address}}"
                port = {{listen.Port}}
                maximum-frame-size = {{MaxFrameBytes}}b
                send-buffer-size = {{2 * MaxFrameBytes}}b
                receive-buffer-size = {{2 * MaxFrameBytes}}b
              }
              cluster {
                roles = ["{{role}}"]
                seed-nodes = [{{seeds}}]
                # How long the one that may begin a cluster waits for others that have one. They may have to find out first that its address is reachable again. And how often the others ask.
                seed-node-timeout = 5s
                retry-unsuccessful-join-after = 2s
                failure-detector.acceptable-heartbeat-pause = 5s
                downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
                # Counts aggregators only. The side of the oldest lives on, unless that one is alone: so the crash of any one aggregator leaves the others, down to one.
                split-brain-resolver {
                  active-strategy = keep-oldest
                  stable-after = {{options.StableAfter.TotalMilliseconds}}ms
                  down-all-when-unstable = {{(options.StableAfter * 4).TotalMilliseconds}}ms
                  keep-oldest { down-if-alone = on, role = "aggregator" }
                }
                sharding {
                  role = "aggregator"
                  state-store-mode = ddata
                  remember-entities = off
                  # Nothing of sharding's own is kept on a disk: who owns what is agreed on anew.
                  distributed-data.durable.keys = []
                  # The engine does not see what comes on connections for chunks: a stream at rest says so itself.
                  passivate-idle-entity-after = off
                  rebalance-interval = 5s
                  handoff-timeout = 20s
                }
              }
            }
            """);
    }
}
