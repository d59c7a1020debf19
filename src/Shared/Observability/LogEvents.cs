namespace LogPipeline.Observability;

/// <summary>The stable names of every log event, each with its level. A name is never reused for something else.</summary>
public static class LogEvents
{
    /// <summary>Error: the store refuses a tenant's requests; nothing of the tenant is sent but a slow retry, nothing is lost.</summary>
    public const string TenantHeld = "tenant_held";

    /// <summary>Info: a tenant writes more than its rate; what is too much waits in its files.</summary>
    public const string TenantThrottled = "tenant_throttled";

    /// <summary>Info: a held tenant's requests are taken again.</summary>
    public const string TenantReleased = "tenant_released";

    /// <summary>Error: a different record is stored under a record's id; the record went to the dead-letter index.</summary>
    public const string IdCollision = "id_collision";

    /// <summary>Error, once a tenant and reason: a document was refused for good and is in the dead-letter index.</summary>
    public const string DocumentRefused = "document_refused";

    /// <summary>Warning: an endpoint of the store does not answer; work is retried.</summary>
    public const string StoreUnreachable = "store_unreachable";

    /// <summary>Info: the endpoint answers again.</summary>
    public const string StoreReachable = "store_reachable";

    /// <summary>Warning: the store answers, and for a while has taken no document; all is sent again.</summary>
    public const string StoreTakesNothing = "store_takes_nothing";

    /// <summary>Info: it takes documents again.</summary>
    public const string StoreTakesAgain = "store_takes_again";

    /// <summary>Error: a fault of this program while it handled an answer; the documents are sent again.</summary>
    public const string SenderFault = "sender_fault";

    /// <summary>Info: server, version and templates are known; documents are sent from now on.</summary>
    public const string StoreReady = "store_ready";

    /// <summary>Info: the server has no type for maps of any keys; they are stored but cannot be searched.</summary>
    public const string MapsNotSearchable = "maps_not_searchable";

    /// <summary>Warning: the templates may not be written with these credentials; documents are sent without.</summary>
    public const string TemplateForbidden = "template_forbidden";

    /// <summary>Error: the server refuses a template; nothing is sent before that is put right.</summary>
    public const string TemplateRefused = "template_refused";

    /// <summary>Warning: an index acknowledges before its translog is on disk: a crash of the store loses acknowledged documents.</summary>
    public const string AsyncTranslog = "async_translog";

    /// <summary>Of the embedded store, with the level it gives.</summary>
    public const string EmbeddedStore = "embedded_store";

    /// <summary>Info: all that an earlier process may have sent was read again; from here on everything is new.</summary>
    public const string ReplayDone = "replay_done";

    /// <summary>Info: a file was truncated in place; a new generation begins.</summary>
    public const string FileTruncated = "file_truncated";

    /// <summary>Error: bytes were destroyed before they were read.</summary>
    public const string BytesLost = "bytes_lost";

    /// <summary>Error: a part of unknown size was destroyed while nothing read it.</summary>
    public const string Gap = "gap";

    /// <summary>Warning: a file or directory cannot be read by this user.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>Warning: directories are polled because the kernel does not tell of them.</summary>
    public const string DirectoriesPolled = "directories_polled";

    /// <summary>Warning: more log files are there than this process may have open; the others wait.</summary>
    public const string OpenFilesLimit = "open_files_limit";

    /// <summary>Warning: a look at the disk failed and is made again.</summary>
    public const string LookFailed = "look_failed";

    /// <summary>Warning: a read of a log file failed and is made again.</summary>
    public const string ReadFailed = "read_failed";

    /// <summary>Error: positions cannot be made durable; nothing new is sent until they can.</summary>
    public const string CheckpointFailed = "checkpoint_failed";

    /// <summary>Info: positions can be made durable again.</summary>
    public const string CheckpointRecovered = "checkpoint_recovered";

    /// <summary>Warning or error: what recovery of the checkpoint journal found.</summary>
    public const string CheckpointsRecovered = "checkpoints_recovered";

    /// <summary>Warning: a damaged journal file of an earlier start is still there.</summary>
    public const string CheckpointsSetAside = "checkpoints_set_aside";

    /// <summary>Error: a fault of this program in a worker; its streams stand still.</summary>
    public const string WorkerFault = "worker_fault";

    /// <summary>Warning: a gauge could not be read.</summary>
    public const string GaugeFailed = "gauge_failed";

    /// <summary>Warning: a member of the cluster that is no use any more ends itself; it is to be started again.</summary>
    public const string MemberKilled = "member_killed";

    /// <summary>Warning: a member has not come up in time; it ends, and is to be started again.</summary>
    public const string MemberNotAdmitted = "member_not_admitted";

    /// <summary>Error: a member of the cluster cannot begin, as an address is taken, or its positions cannot be had; it ends.</summary>
    public const string MemberCannotStart = "member_cannot_start";

    /// <summary>Warning: the name of the cluster's aggregators has no addresses yet.</summary>
    public const string SeedsUnknown = "seeds_unknown";

    /// <summary>Info, warning where none can be taken: a connection for chunks has ended, or does not come about. Chunks go over the engine's own meanwhile.</summary>
    public const string ChunkConnectionFailed = "chunk_connection_failed";

    /// <summary>Warning: the cluster has removed this member, which was frozen or cut off; it ends, and is to be started again.</summary>
    public const string MemberRemoved = "member_removed";

    /// <summary>Warning: there is another, larger cluster of the same aggregators; this member ends, and is to be started again to join that.</summary>
    public const string ClusterLeft = "cluster_left";

    /// <summary>Error: another process has the state directory; this one ends.</summary>
    public const string StateInUse = "state_in_use";

    /// <summary>Info: an aggregator does not go on where a node is; the stream is read again from its durable position.</summary>
    public const string StreamRewound = "stream_rewound";

    /// <summary>Error: a chunk from a node makes no sense; nothing of it is stored, and the stream is read again.</summary>
    public const string ChunkMalformed = "chunk_malformed";

    /// <summary>Warning, once a Pod and change of it: what it says of its own logs has no equivalent, or no meaning; the configuration decides instead.</summary>
    public const string HintNotFollowed = "hint_not_followed";

    /// <summary>Warning, once a namespace and value: what its label or annotation says is no tenant's name; its streams wait.</summary>
    public const string TenantUnusable = "tenant_unusable";

    /// <summary>Warning, once a failure: the Kubernetes API cannot be asked; it is tried again, and what is known stays known.</summary>
    public const string MetadataUnavailable = "metadata_unavailable";

    /// <summary>Info: the Kubernetes API tells of all Pods of this node, or all namespaces, again.</summary>
    public const string MetadataListed = "metadata_listed";

    /// <summary>Warning: an object of the Kubernetes API cannot be read; what was known of it stays.</summary>
    public const string MetadataUnreadable = "metadata_unreadable";

    /// <summary>Warning: the demo's files cannot be written.</summary>
    public const string DemoFailed = "demo_failed";
}
