using LogPipeline.Configuration;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Processing;

/// <summary>
/// Files that are older than a ledger which does not know them (<see cref="TailedFile.SuspectedBytes"/>): a ledger may have been lost, so that the store has them
/// already, perhaps joined by another rule.
/// </summary>
internal sealed class LostLedgerSuspicion(LineageContext context, TailedStream stream)
{
    /// <summary>
    /// Bodies may arrive in any order, but no more than this is ever under way: where so many bytes were looked up and nothing was found, nothing was sent before.
    /// </summary>
    private const long AtMostBytes = 64L << 20;

    /// <summary>Whether a file may be read: not before it is known whether the store has anything of this host, as a ledger can only have been lost then.</summary>
    public bool MayRead(TailedFile file)
    {
        if (file.SuspectedBytes != 0) return true;
        if (context.StoreMayKnow() is not { } may) return false;
        if (!may) (file.SuspectedBytes, file.ReplayEnd, file.Checkpoint.HorizonBytes, file.Checkpoint.SuspectedFromBytes) = (null, 0, 0, -1);
        return true;
    }

    /// <summary>A record was looked up: the suspicion is right when anything is found.</summary>
    public void Weigh(StreamPosition start, long lengthBytes, bool wasFound)
    {
        if (stream.Lineage.ByOrdinal(start.FileOrdinal) is not { SuspectedBytes: { } looked } file) return;
        if (wasFound) (file.SuspectedBytes, file.IsFoundInStore, file.Checkpoint.SuspectedFromBytes) = (null, true, -1);
        else if ((file.SuspectedBytes = looked + lengthBytes) > AtMostBytes)
        {
            file.SuspectedBytes = null;
            file.ReplayEnd = Math.Min(file.ReplayEnd, Math.Max(file.ReadOffset, file.Checkpoint.HorizonBytes));
        }
    }

    /// <summary>
    /// The store has other extents: another joining rule than then. Records that the store lacks could begin before some that it has, and cover them: where every
    /// line is a record of its own, each is looked up.
    /// </summary>
    public void JoinNothingWhereFound()
    {
        foreach (TailedFile file in stream.Lineage.Files.Where(file => file.IsFoundInStore))
        {
            file.IsFoundInStore = false;
            FileCheckpoint checkpoint = file.Checkpoint;
            Pin pin = checkpoint.PinAt(checkpoint.ResumeOffsetBytes);
            JoiningRule rule = context.Rules.Get(pin.JoiningRule);
            var none = JoiningRule.Create(new JoiningOptions { Preset = "none", MaxBytes = rule.MaxBytes, MaxLines = rule.MaxLines, FlushAfter = rule.FlushAfter }, rule.MaxLineBytes);
            checkpoint.Pins.RemoveAll(later => later.FromOffsetBytes >= checkpoint.ResumeOffsetBytes);
            checkpoint.Pins.Add(pin with { FromOffsetBytes = checkpoint.ResumeOffsetBytes, JoiningRule = none.ToString() });
            if (file.ReplayEnd < long.MaxValue) checkpoint.Pins.Add(pin with { FromOffsetBytes = Math.Max(file.ReplayEnd, file.ReadOffset) });
            stream.Decided(checkpoint);
        }
    }
}
