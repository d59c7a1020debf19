namespace LogPipeline.Protocol;

/// <summary>The cluster edition: how processes find and talk to each other. Without meaning for a single process.</summary>
public sealed class ClusterOptions
{
    /// <summary><c>ADDRESS:PORT</c> on which the other members reach this one.</summary>
    public string Listen { get; set; } = "127.0.0.1:4053";

    /// <summary>Port on which an aggregator takes nodes' connections for chunks, on the address of <see cref="Listen"/>; 0 lets the system choose.</summary>
    public int ChunkPort { get; set; }

    /// <summary>Members to join through, as <c>HOST:PORT</c>: aggregators that are always there.</summary>
    public List<string> Seeds { get; } = [];

    /// <summary>Instead of <see cref="Seeds"/>: <c>NAME:PORT</c>, a name that has the addresses of all aggregators, as a headless Service's; null without.</summary>
    public string? SeedsDns { get; set; }

    /// <summary>Bytes of one stream that may be under way to its aggregator beyond what that has encoded. 128 KiB to 16 MiB.</summary>
    public long StreamWindowBytes { get; set; } = 1 << 20;

    /// <summary>Bytes that one node may have under way to all aggregators, not yet in their memory. 128 KiB to 64 MiB.</summary>
    public long NodeWindowBytes { get; set; } = 4 << 20;

    /// <summary>How long the members must agree on who is unreachable before those are given up. 1 s to 5 min.</summary>
    public TimeSpan StableAfter { get; set; } = TimeSpan.FromSeconds(7);

    /// <summary>How long a member may take to come up before it ends, to be started again. 5 s to 1 h.</summary>
    public TimeSpan JoinTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Mutual TLS between members.</summary>
    public ClusterTlsOptions Tls { get; } = new();

    /// <summary>Name of an environment variable with a PostgreSQL connection string for a node's positions; without it they are in SQLite, in the state directory.</summary>
    public string? PositionsEnv { get; set; }
}
