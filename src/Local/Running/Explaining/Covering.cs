using LogPipeline.Ledger;

namespace LogPipeline.Local.Running.Explaining;

/// <summary>The record that covers a byte.</summary>
/// <param name="Record">As the store has it.</param>
/// <param name="IsDeadLetter">It was refused, and this is its dead letter.</param>
/// <param name="BeginsIn">The file of the stream before, in which it begins; null when it begins in the byte's own.</param>
internal sealed record Covering(FoundRecord Record, bool IsDeadLetter, FileCheckpoint? BeginsIn);
