namespace LogPipeline.Local.Observability;

/// <summary>Who reads the log.</summary>
public enum ConsoleLogForm : byte
{
    /// <summary>A person at a terminal: local time, colours.</summary>
    Terminal,

    /// <summary>A file or a pipe: UTC time.</summary>
    Stream,

    /// <summary>systemd's journal: priorities, no time.</summary>
    Journal,
}
