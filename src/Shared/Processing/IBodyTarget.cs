using LogPipeline.Indexing;

namespace LogPipeline.Processing;

/// <summary>Where encoded records go: the open bulk bodies of one worker, one a tenant (and one more for what must be looked up first).</summary>
public interface IBodyTarget
{
    /// <summary>The body to append to.</summary>
    BulkBody Open(string tenant, bool lookUpFirst);

    /// <summary>A record was appended: a full body is closed here, and the next <see cref="Open"/> gives another.</summary>
    void Appended(BulkBody body);
}
