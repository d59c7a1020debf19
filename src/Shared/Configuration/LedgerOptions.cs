namespace LogPipeline.Configuration;

/// <summary>Where and how often progress is made durable.</summary>
public sealed class LedgerOptions
{
    /// <summary>The state directory. Empty: <c>/var/lib/pipeline</c> for root, <c>$XDG_STATE_HOME/pipeline</c> (<c>~/.local/state/pipeline</c>) for others.</summary>
    public string StateDirectory { get; set; } = "";

    /// <summary>How often acknowledged progress is written. 50 ms to 1 min.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long SIGTERM waits for what is under way. 0 to 10 min.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
