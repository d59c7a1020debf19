namespace LogPipeline.Ledger.Journal;

/// <summary>What <see cref="CheckpointJournal.Open"/> found. The shell prints every finding; damage is an Error.</summary>
public sealed record JournalRecovery
{
    /// <summary>Everything that was not as it should be, oldest generation first; empty after a clean end and after most crashes.</summary>
    public required IReadOnlyList<JournalFinding> Findings { get; init; }

    /// <summary>The generation that the state came from; 0: there was none to read, the state is empty.</summary>
    public required long Generation { get; init; }

    /// <summary>The last batch in the state, counted from the first one ever; 0: none.</summary>
    public required long Sequence { get; init; }

    /// <summary>Keys in the state.</summary>
    public required int Keys { get; init; }

    /// <summary>No journal was there at all: a first start, or someone emptied the directory.</summary>
    public required bool Fresh { get; init; }

    /// <summary>
    /// Damaged files that an earlier start set aside and nobody has removed, by name. Named at every start, as that start may have ended before it
    /// could report.
    /// </summary>
    public required IReadOnlyList<string> SetAsideBefore { get; init; }

    /// <summary>Something was damaged: positions may be older than they were, registrations of files may be missing.</summary>
    public bool IsDamaged => Findings.Any(finding => finding.IsDamage);
}
