namespace LogPipeline.Indexing.Delivery;

/// <summary>Why a tenant waits for a person.</summary>
/// <param name="Key">What is put right at once for everything that has the same key; one Error and one Info each.</param>
/// <param name="Text">For people.</param>
public sealed record HoldReason(string Key, string Text);
