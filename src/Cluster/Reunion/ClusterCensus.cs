namespace LogPipeline.Cluster.Reunion;

/// <summary>
/// What a member says of its cluster to one that is not in it: aggregators that began two clusters, as each could not reach the other at its start, find that out by it. To
/// any address of <c>cluster.seeds</c> or <c>cluster.seeds_dns</c> that is no member; may be lost or repeated.
/// </summary>
/// <param name="Founder">The oldest member and its incarnation: two members with the same one are in the same cluster, whatever they know of each other.</param>
/// <param name="Aggregators">How many are up.</param>
/// <param name="Members">How many are up, of either kind.</param>
public sealed record ClusterCensus(string Founder, int Aggregators, int Members)
{
    /// <summary>Whether members of this cluster have to leave it for the other one: it is smaller. Of two different ones exactly one yields.</summary>
    public bool YieldsTo(ClusterCensus other)
    {
        if (Founder == other.Founder) return false;
        int order = Aggregators.CompareTo(other.Aggregators);
        if (order == 0) order = Members.CompareTo(other.Members);
        if (order == 0) order = string.CompareOrdinal(Founder, other.Founder);
        return order < 0;
    }
}
