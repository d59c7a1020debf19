using LogPipeline.Enrichment.Pods;
using LogPipeline.Protocol;
using static LogPipeline.Configuration.Values.ByteSize;

namespace LogPipeline.Configuration.Settings;

/// <summary>The tables: every key of the configuration, section by section. Defaults are those of the options' types.</summary>
internal static class PipelineSettings
{
    private static readonly TimeSpan Ms = TimeSpan.FromMilliseconds(1), Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1), Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);

    public static Section<SourceOptions> Source { get; } = new(
        "What is read. Without any: what the machine has (kubelet logs, docker logs, `/var/log/syslog`, `/var/log/messages`, `/var/log/**/*.log`). A file belongs to the first layout that recognises it (kubelet, docker, plain), however many sources match it.",
        Take<SourceOptions>.RequiredText("path", TextKinds.Glob, (o, v) => o.Path = v, "Glob over absolute paths. Rotated siblings of a file are found whatever the glob says."),
        Take<SourceOptions>.List("exclude", TextKinds.Glob, o => o.Exclude, "Globs of what is left out."),
        Take<SourceOptions>.Choice("format", ["auto", "cri", "docker", "plain"], o => o.Format, (o, v) => o.Format = v, "Grammar of the lines; `auto` goes by the layout of the path."));

    public static Section<TailingOptions> Tailing { get; } = new(
        "How files are read.",
        Take<TailingOptions>.Size("max_line", KiB, 16 * MiB, o => o.MaxLineBytes, (o, v) => o.MaxLineBytes = (int)v, "Bytes of one line. A longer one is cut there, by content, into records marked `truncated`."),
        Take<TailingOptions>.Size("chunk_size", 64 * KiB, 4 * MiB, o => o.ChunkBytes, (o, v) => o.ChunkBytes = (int)v, "Bytes read from a file before the next file's turn."),
        Take<TailingOptions>.Choice("from", ["start", "end"], o => o.From, (o, v) => o.From = v, "Where a file without a resume point starts."),
        Take<TailingOptions>.Time("rescan_interval", Second, 10 * Minute, o => o.RescanInterval, (o, v) => o.RescanInterval = v, "How long a complete pass over the directories may take to notice what inotify did not tell."),
        Take<TailingOptions>.Size("held_deleted", 0, 16 * TiB, o => o.HeldDeletedBytes, (o, v) => o.HeldDeletedBytes = v, "Bytes on disk of rotated or deleted files that may be held open. Past it the oldest is given up, and counted as lost."),
        Take<TailingOptions>.Size("rotation_room", MiB, 16 * TiB, o => o.RotationRoomBytes, (o, v) => o.RotationRoomBytes = v, "Bytes that rotation leaves of one container's logs before it deletes any: the kubelet's `containerLogMaxSize` times `containerLogMaxFiles`, whose defaults this is. Only for the estimate `logpipeline_seconds_until_loss`."),
        Take<TailingOptions>.Flag("include_own_files", o => o.IncludeOwnFiles, (o, v) => o.IncludeOwnFiles = v, "Also read this pipeline's own state, store and logs."));

    public static Section<JoiningOptions> Joining { get; } = new(
        "Which lines make one record. Partial lines of the container runtime are joined whatever is said here.",
        Take<JoiningOptions>.Choice("preset", ["auto", "java", "dotnet", "python", "go", "node", "ruby", "php", "indented", "none"], o => o.Preset, (o, v) => o.Preset = v, "The language whose traces are joined; `auto` recognises them and leaves single lines alone. Not together with the patterns below."),
        Take<JoiningOptions>.Text("start", TextKinds.Pattern, o => o.Start, (o, v) => o.Start = v, "A line that matches begins a record."),
        Take<JoiningOptions>.Text("continue", TextKinds.Pattern, o => o.Continue, (o, v) => o.Continue = v, "A line that matches belongs to the record before it."),
        Take<JoiningOptions>.Text("end", TextKinds.Pattern, o => o.End, (o, v) => o.End = v, "A line that matches ends its record."),
        Take<JoiningOptions>.Time("flush_after", 50 * Ms, Hour, o => o.FlushAfter, (o, v) => o.FlushAfter = v, "A pause longer than this ends a record: between the lines' own timestamps, or as silence at the end of a file."),
        Take<JoiningOptions>.Number("max_lines", 1, 100_000, o => o.MaxLines, (o, v) => o.MaxLines = v, "Lines of one record."),
        Take<JoiningOptions>.Size("max_size", KiB, 16 * MiB, o => o.MaxBytes, (o, v) => o.MaxBytes = (int)v, "Bytes of one record's text."));

    public static Section<ParsingOptions> Parsing { get; } = new(
        "What is looked for inside a record's text. The text itself is always kept.",
        Take<ParsingOptions>.Choice("parser", ["auto", "json", "none"], o => o.Parser, (o, v) => o.Parser = v, "`auto`: a JSON object, a severity word or letter at its usual place; `json`: anything else is marked `parse_error`."),
        Take<ParsingOptions>.Number("max_depth", 1, 20, o => o.MaxDepth, (o, v) => o.MaxDepth = v, "JSON nested deeper is kept as text only: servers refuse it, some die of it."));

    public static Section<KubernetesOptions> Kubernetes { get; } = new(
        "What a node of the cluster edition asks the Kubernetes API. Its Pods' labels, their owners and their own hints (docs/kubernetes.md), and what `tenancy.rules` want of namespaces. A single process asks nothing.",
        Take<KubernetesOptions>.Flag("enabled", o => o.Enabled, (o, v) => o.Enabled = v, "Ask. Wants the right to get, list and watch pods and namespaces."),
        Take<KubernetesOptions>.Text("node", TextKinds.Any, o => o.Node, (o, v) => o.Node = v, "The node whose Pods are asked for, `spec.nodeName`; `enrichment.host` when not given."),
        Take<KubernetesOptions>.Text("kubeconfig", TextKinds.Path, o => o.Kubeconfig, (o, v) => o.Kubeconfig = v, "A kubeconfig file; the service account of the Pod that the process runs in when not given."),
        Take<KubernetesOptions>.Time("wait", TimeSpan.Zero, Hour, o => o.Wait, (o, v) => o.Wait = v, "How long the lines of a Pod that the API has not told of wait, counted from when its files were first seen. Then they go on without, and are marked `k8s.pod.metadata_missing`. What decides about the tenant is waited for without end."),
        Take<KubernetesOptions>.Flag("hints", o => o.Hints, (o, v) => o.Hints = v, "Follow what Pods say of their own logs: `logpipeline.io/exclude`, `parser`, `joining`, `files`, and what other collectors' hints have in common with them."),
        Take<KubernetesOptions>.Text("pods_directory", TextKinds.Path, o => o.PodsDirectory, (o, v) => o.PodsDirectory = v, "Where the kubelet keeps the volumes of Pods: files that Pods name in their containers (`logpipeline.io/files`) are read there, if it exists when the node starts."));

    public static Section<EnrichmentOptions> Enrichment { get; } = new(
        "What is said of every record of this machine.",
        Take<EnrichmentOptions>.Text("cluster", TextKinds.Any, o => o.Cluster, (o, v) => o.Cluster = v, "Name of the Kubernetes cluster, `k8s.cluster.name`. Part of the identity of kubelet files: once files were read, a change reads them again as others."),
        Take<EnrichmentOptions>.Text("host", TextKinds.Any, o => o.Host, (o, v) => o.Host = v, "`host.name`; the machine's own when not given."),
        Take<EnrichmentOptions>.Map("fields", TextKinds.FieldName, TextKinds.Any, o => o.Fields, "Static fields under `resource`, by their dotted names."),
        Take<EnrichmentOptions>.Child("kubernetes", Kubernetes, o => o.Kubernetes));

    public static Section<TenantRule> Rule { get; } = new(
        "Rules; the first that matches a stream's namespace decides. Each says which namespaces it is for: by name, by a label or an annotation (which want `enrichment.kubernetes.enabled`), or by both.",
        Take<TenantRule>.Text("namespace", TextKinds.NamespaceGlob, o => o.Namespace, (o, v) => o.Namespace = v, "The namespaces that the rule is for, by name."),
        Take<TenantRule>.Text("namespace_label", TextKinds.MetadataKey, o => o.NamespaceLabel, (o, v) => o.NamespaceLabel = v, "The rule is for namespaces that have this label, whose value is `{label}`. Their streams wait until the Kubernetes API has told of them, and for as long as the value is no tenant's name."),
        Take<TenantRule>.Text("namespace_annotation", TextKinds.MetadataKey, o => o.NamespaceAnnotation, (o, v) => o.NamespaceAnnotation = v, "The same with an annotation, whose value is `{annotation}`."),
        Take<TenantRule>.RequiredText("tenant", TextKinds.TenantTemplate, (o, v) => o.Tenant = v, "Their tenant: lower case letters, digits, `-`, `_`, at most 64. `{namespace}` stands for the namespace; a name too long or unsafe is shortened with a hash, so that no two namespaces meet. `{label}` and `{annotation}` stand for the value of the rule's own."),
        Take<TenantRule>.Time("keep", TimeSpan.Zero, 3650 * Day, o => o.Keep, (o, v) => o.Keep = v, "Age at which the tenant's indices are deleted, in whole days; 0: as `tenancy.keep` says. `pipeline setup` puts it into OpenSearch; of several rules for one tenant the first counts."));

    public static Section<TenantLimit> Limit { get; } = new(
        "What tenants may take; the first that matches a tenant's name counts. What is too much waits in its files, and delays nobody else.",
        Take<TenantLimit>.RequiredText("tenant", TextKinds.TenantGlob, (o, v) => o.Tenant = v, "The tenants that the limit is for, each of them alone."),
        Take<TenantLimit>.Size("rate", 0, TiB, o => o.RateBytes, (o, v) => o.RateBytes = v, "Bytes of log a second, over all aggregators of a cluster together; 0 for no limit. What was not used may be caught up on for 2 seconds."),
        Take<TenantLimit>.Number("share", 1, 1000, o => o.Share, (o, v) => o.Share = v, "Its part of what is sent while several tenants wait: one with 3 gets three times the bytes of one with 1."));

    public static Section<TenancyOptions> Tenancy { get; } = new(
        "Whose a stream is. Decided when a stream is first read and recorded with its position: a changed rule holds for what is read from then on.",
        Take<TenancyOptions>.Children("rules", Rule, o => o.Rules),
        Take<TenancyOptions>.Children("limits", Limit, o => o.Limits),
        Take<TenancyOptions>.Text("default", TextKinds.Tenant, o => o.Default, (o, v) => o.Default = v, "The tenant of what no rule matches, and of what has no namespace."),
        Take<TenancyOptions>.Time("keep", TimeSpan.Zero, 3650 * Day, o => o.Keep, (o, v) => o.Keep = v, "Age at which indices are deleted, in whole days, where no rule says another; 0 keeps them. `pipeline setup` puts it into OpenSearch."));

    public static Section<IndexingOptions> Indexing { get; } = new(
        "How documents travel to the store.",
        Take<IndexingOptions>.Text("index", TextKinds.Index, o => o.Index, (o, v) => o.Index = v, "Name of the concrete index. `{day}` is `yyyy.MM.dd` of the runtime's own timestamp, UTC. Only these three placeholders, as a record must get the same index on every attempt."),
        Take<IndexingOptions>.Size("max_body", 64 * KiB, 64 * MiB, o => o.MaxBodyBytes, (o, v) => o.MaxBodyBytes = (int)v, "Bytes at which a request is closed."),
        Take<IndexingOptions>.Time("max_body_age", Ms, Minute, o => o.MaxBodyAge, (o, v) => o.MaxBodyAge = v, "Age at which a request is closed while others of its tenant are under way; it is closed at once when none is."),
        Take<IndexingOptions>.Size("max_in_flight", 256 * KiB, 16 * GiB, o => o.MaxInFlightBytes, (o, v) => o.MaxInFlightBytes = v, "Bytes of documents in memory, open or under way, over all tenants. At least four times `max_body`."),
        Take<IndexingOptions>.Number("max_concurrency", 1, 64, o => o.MaxConcurrency, (o, v) => o.MaxConcurrency = v, "Requests at once to one endpoint; the adaptive limit moves between 1 and this."),
        Take<IndexingOptions>.Time("request_timeout", Second, 10 * Minute, o => o.RequestTimeout, (o, v) => o.RequestTimeout = v, "Time of one request before it counts as unanswered."),
        Take<IndexingOptions>.Time("max_backoff", 100 * Ms, 10 * Minute, o => o.MaxBackoff, (o, v) => o.MaxBackoff = v, "The longest pause between two attempts."));

    public static Section<EmbeddedStoreOptions> Embedded { get; } = new(
        "Bounds of the embedded store.",
        Take<EmbeddedStoreOptions>.Text("path", TextKinds.Path, o => o.Path, (o, v) => o.Path = v, "Directory; `store` under the state directory when not given."),
        Take<EmbeddedStoreOptions>.Size("max_size", 64 * MiB, 16 * TiB, o => o.MaxBytes, (o, v) => o.MaxBytes = v, "Bytes on disk; past it the oldest documents are deleted."),
        Take<EmbeddedStoreOptions>.Time("max_age", Hour, 3650 * Day, o => o.MaxAge, (o, v) => o.MaxAge = v, "Age of an index by its newest document; older ones are deleted."));

    public static Section<StoreOptions> Store { get; } = new(
        "Where documents are stored. Secrets are never written here: they come from an environment variable or a file.",
        Take<StoreOptions>.List("urls", TextKinds.Endpoint, o => o.Urls, "`embedded`, or one or more URLs of one cluster."),
        Take<StoreOptions>.Text("user", TextKinds.Any, o => o.User, (o, v) => o.User = v, "User for basic authentication; needs a password."),
        Take<StoreOptions>.Text("password_env", TextKinds.VariableName, o => o.PasswordEnv, (o, v) => o.PasswordEnv = v, "Environment variable that holds the password."),
        Take<StoreOptions>.Text("password_file", TextKinds.Path, o => o.PasswordFile, (o, v) => o.PasswordFile = v, "File that holds the password."),
        Take<StoreOptions>.Text("api_key_env", TextKinds.VariableName, o => o.ApiKeyEnv, (o, v) => o.ApiKeyEnv = v, "Environment variable that holds an API key."),
        Take<StoreOptions>.Text("api_key_file", TextKinds.Path, o => o.ApiKeyFile, (o, v) => o.ApiKeyFile = v, "File that holds an API key."),
        Take<StoreOptions>.Text("ca_file", TextKinds.Path, o => o.CaFile, (o, v) => o.CaFile = v, "PEM file of the authorities that may have signed the server's certificate; the system's when not given."),
        Take<StoreOptions>.Flag("gzip", o => o.Gzip, (o, v) => o.Gzip = v, "Send bodies compressed."),
        Take<StoreOptions>.Child("embedded", Embedded, o => o.Embedded));

    public static Section<LedgerOptions> Ledger { get; } = new(
        "Where and how often progress is made durable.",
        Take<LedgerOptions>.Text("state_directory", TextKinds.Path, o => o.StateDirectory, (o, v) => o.StateDirectory = v, "Not given: `/var/lib/pipeline` for root, `$XDG_STATE_HOME/pipeline` (`~/.local/state/pipeline`) for others."),
        Take<LedgerOptions>.Time("checkpoint_interval", 50 * Ms, Minute, o => o.CheckpointInterval, (o, v) => o.CheckpointInterval = v, "How often acknowledged progress is written."),
        Take<LedgerOptions>.Time("drain_timeout", TimeSpan.Zero, 10 * Minute, o => o.DrainTimeout, (o, v) => o.DrainTimeout = v, "How long SIGTERM and Ctrl-C wait for what is under way."));

    public static Section<WebOptions> Web { get; } = new(
        "The page, the metrics and the embedded store's address.",
        Take<WebOptions>.Text("listen", TextKinds.Listen, o => o.Listen, (o, v) => o.Listen = v, "Loopback unless told otherwise."),
        Take<WebOptions>.Flag("page", o => o.Page, (o, v) => o.Page = v, "Serve the page and its search. Without it `/metrics`, `/healthz` and `/readyz` are left: for a port that others reach, as whoever reaches the page searches the store with the pipeline's credentials."));

    public static Section<ClusterTlsOptions> ClusterTls { get; } = new(
        "Mutual TLS between the members of a cluster; all three keys or none, and the same on every member. The files are read at the start: a renewed certificate is taken up by a restart.",
        Take<ClusterTlsOptions>.Text("certificate", TextKinds.Path, o => o.Certificate, (o, v) => o.Certificate = v, "PEM file of the member's certificate, with what signed it up to the authority."),
        Take<ClusterTlsOptions>.Text("key", TextKinds.Path, o => o.Key, (o, v) => o.Key = v, "PEM file of its private key, without a passphrase."),
        Take<ClusterTlsOptions>.Text("ca", TextKinds.Path, o => o.Authority, (o, v) => o.Authority = v, "PEM file of the authorities that members' certificates are signed by, the only ones that are trusted: whoever has such a certificate is a member, so it must be an authority of its own."));

    public static Section<ClusterOptions> Cluster { get; } = new(
        "The cluster edition: how its processes find and talk to each other. A single process reads none of it.",
        Take<ClusterOptions>.Text("listen", TextKinds.Listen, o => o.Listen, (o, v) => o.Listen = v, "Where the other members reach this one. Without `tls` the protocol is neither encrypted nor authenticated: a network of its own, or a network policy, must protect it."),
        Take<ClusterOptions>.Number("chunk_port", 0, 65_535, o => o.ChunkPort, (o, v) => o.ChunkPort = v, "Of an aggregator: where it takes nodes' connections for log, on the address of `listen`. Nodes ask it for the number; 0 lets the system choose, any other is for a network policy or a firewall to know. Where it cannot be reached log goes through `listen`, at almost twice the cost."),
        Take<ClusterOptions>.List("seeds", TextKinds.Listen, o => o.Seeds, "Members to join through: aggregators that are always there, the same list on every member."),
        Take<ClusterOptions>.Text("seeds_dns", TextKinds.HostAndPort, o => o.SeedsDns, (o, v) => o.SeedsDns = v, "Instead of `seeds`: a name with the addresses of all aggregators, ready or not, as a headless Service has, and the port on which each of them listens. Members that are all started at once agree on the smallest address to begin the cluster."),
        Take<ClusterOptions>.Size("stream_window", 128 * KiB, 16 * MiB, o => o.StreamWindowBytes, (o, v) => o.StreamWindowBytes = v, "Bytes of one stream that may be under way beyond what its aggregator has encoded."),
        Take<ClusterOptions>.Size("node_window", 128 * KiB, 64 * MiB, o => o.NodeWindowBytes, (o, v) => o.NodeWindowBytes = v, "Bytes that one node may have under way, not yet in an aggregator's memory."),
        Take<ClusterOptions>.Time("stable_after", Second, 5 * Minute, o => o.StableAfter, (o, v) => o.StableAfter = v, "How long the members must agree on who is unreachable before those are given up and their streams move."),
        Take<ClusterOptions>.Time("join_timeout", 5 * Second, 60 * Minute, o => o.JoinTimeout, (o, v) => o.JoinTimeout = v, "How long a member may take to come up before it ends with code 1, to be started again: one whose first handshake failed can wait for ever."),
        Take<ClusterOptions>.Child("tls", ClusterTls, o => o.Tls),
        Take<ClusterOptions>.Text("positions_env", TextKinds.VariableName, o => o.PositionsEnv, (o, v) => o.PositionsEnv = v, "Environment variable that holds the connection string of a PostgreSQL database for the positions of a node, which need not have a disk of its own then. Without it: SQLite, `positions.db` in the state directory."));

    /// <summary>The whole file.</summary>
    public static Section<PipelineOptions> Root { get; } = new(
        "Configuration of the log pipeline.",
        Take<PipelineOptions>.Children("sources", Source, o => o.Sources),
        Take<PipelineOptions>.Child("tailing", Tailing, o => o.Tailing),
        Take<PipelineOptions>.Child("joining", Joining, o => o.Joining),
        Take<PipelineOptions>.Child("parsing", Parsing, o => o.Parsing),
        Take<PipelineOptions>.Child("enrichment", Enrichment, o => o.Enrichment),
        Take<PipelineOptions>.Child("tenancy", Tenancy, o => o.Tenancy),
        Take<PipelineOptions>.Child("indexing", Indexing, o => o.Indexing),
        Take<PipelineOptions>.Child("store", Store, o => o.Store),
        Take<PipelineOptions>.Child("ledger", Ledger, o => o.Ledger),
        Take<PipelineOptions>.Child("web", Web, o => o.Web),
        Take<PipelineOptions>.Child("cluster", Cluster, o => o.Cluster));
}
