namespace LogPipeline.Local.Running.Explaining;

/// <summary>A record, or a dead letter, that the store has.</summary>
/// <param name="Index">The index that has it.</param>
/// <param name="Id">Its <c>_id</c>.</param>
/// <param name="OffsetBytes">Where it begins in its file.</param>
/// <param name="LengthBytes">Its own bytes, which others' may lie between.</param>
/// <param name="Timestamp">As stored.</param>
/// <param name="Text">The beginning of its body; of a dead letter why it was refused.</param>
internal sealed record FoundRecord(string Index, string Id, long OffsetBytes, long LengthBytes, string Timestamp, string Text);
