using LogPipeline.Configuration;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger.State;
using LogPipeline.Ledger;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>The ledger of a state directory, as it stands now; nothing is written to it, and whoever has it is not disturbed.</summary>
internal static class RecordedLedger
{
    /// <summary>
    /// Null when no pipeline ever ran with this directory. <paramref name="damage"/> says what of the journal could not be read. Throws
    /// <see cref="IOException"/> or <see cref="InvalidDataException"/>.
    /// </summary>
    public static PositionLedger? Read(LedgerOptions options, out IReadOnlyList<string> damage)
    {
        damage = [];
        if (!Directory.Exists(options.StateDirectory)) return null;
        using CheckpointJournal journal = CheckpointJournal.Open(new DirectoryStateStorage(options.StateDirectory), new JournalOptions { ReadOnly = true }, out JournalRecovery recovery);
        damage = [.. recovery.Findings.Where(finding => finding.IsDamage).Select(finding => finding.ToString())];
        return recovery.Fresh ? null : new PositionLedger(journal, TimeProvider.System);
    }
}
