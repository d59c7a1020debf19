namespace LogPipeline.Local.Observability;

/// <summary>
/// The labels of the pipeline's instruments that have any. An instrument that is not here has one series, which is there from the start
/// with 0; the others' series begin with their first measurement.
/// </summary>
public static class MetricLabels
{
    private static readonly Dictionary<string, string[]> ByInstrument = new()
    {
        ["logpipeline_records"] = ["tenant"],
        ["logpipeline_durable_bytes"] = ["tenant"],
        ["logpipeline_stored_records"] = ["tenant"],
        ["logpipeline_dead_letters"] = ["tenant", "reason"],
        ["logpipeline_dropped_bytes"] = ["reason"],
        ["logpipeline_bulk_requests"] = ["status"],
        ["logpipeline_bulk_retries"] = ["reason"],
        ["logpipeline_rewinds"] = ["reason"],
        ["logpipeline_tenant_backlog_bytes"] = ["tenant"],
        ["logpipeline_tenant_held"] = ["tenant"],
        ["logpipeline_tenant_throttled"] = ["tenant"],
    };

    /// <summary>Names of instruments with labels.</summary>
    public static IReadOnlyCollection<string> Instruments => ByInstrument.Keys;

    /// <summary>The label names of an instrument; empty for one without.</summary>
    public static IReadOnlyList<string> Of(string instrument) => ByInstrument.GetValueOrDefault(instrument, []);
}
