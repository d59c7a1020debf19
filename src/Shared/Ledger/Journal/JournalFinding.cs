using System.Globalization;

namespace LogPipeline.Ledger.Journal;

/// <summary>One thing that recovery found, and what became of the bytes.</summary>
public sealed record JournalFinding
{
    public required JournalFindingKind Kind { get; init; }

    /// <summary>The file's name in the state directory when it was found.</summary>
    public required string File { get; init; }

    /// <summary>Where the damage begins.</summary>
    public required long OffsetBytes { get; init; }

    /// <summary>From <see cref="OffsetBytes"/> to the end of the file.</summary>
    public required long BytesBehind { get; init; }

    /// <summary>Batches of this file that are in the recovered state (replayed, or in the snapshot of a later generation).</summary>
    public required long BatchesRecovered { get; init; }

    /// <summary>Valid entries of this file that are not in the recovered state, because something before them is missing.</summary>
    public required long EntriesNotRecovered { get; init; }

    /// <summary>A later generation, undamaged in its snapshot, was begun from what this one held: nothing is missing because of the damage.</summary>
    public required bool Superseded { get; init; }

    /// <summary>The name under which the whole file is kept; null when it stays where it is (a torn tail, or the journal is open only to read).</summary>
    public string? SetAsideAs { get; init; }

    /// <summary>A torn tail is none: it is what a crash leaves.</summary>
    public bool IsDamage => Kind != JournalFindingKind.TornTail;

    /// <summary>One sentence or two for the person who runs the pipeline.</summary>
    public override string ToString()
    {
        string what = Kind switch
        {
            JournalFindingKind.TornTail => "the last append did not finish and is left out",
            JournalFindingKind.UnreadableHeader => "its header is damaged: nothing in it can be used",
            JournalFindingKind.UnknownVersion => "it was written by a version that this one does not know",
            JournalFindingKind.WrongGeneration => "its header names another generation: the file was copied or renamed",
            JournalFindingKind.DamagedSnapshot => "its snapshot is damaged",
            _ => "it is damaged before its end",
        };
        string loss = Superseded ? " A later file has all that it held: nothing is missing." : "";
        string kept = SetAsideAs is null ? "" : $" The file is kept as {SetAsideAs}.";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{File}: {what} (at byte {OffsetBytes}, {BytesBehind} bytes to the end; "
            + $"{BatchesRecovered} batches recovered, {EntriesNotRecovered} valid entries not).{loss}{kept}");
    }
}
