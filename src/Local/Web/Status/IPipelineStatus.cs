namespace LogPipeline.Local.Web.Status;

/// <summary>What the health view shows.</summary>
public interface IPipelineStatus
{
    /// <summary>The state now. Called about once a second by each open page, from any thread; must not block on I/O.</summary>
    PipelineStatus Snapshot();
}
