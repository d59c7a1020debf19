namespace LogPipeline.Node.Positions;

/// <summary>How long the database of positions may take when a node starts.</summary>
/// <param name="AskAgainAfter">It is asked again after so long without an answer.</param>
/// <param name="Limit">Then the node cannot start.</param>
public sealed record RecoveryPatience(TimeSpan AskAgainAfter, TimeSpan Limit)
{
    /// <summary>Five minutes: many nodes on one slow disk come up together.</summary>
    public static RecoveryPatience Default { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));
}
