namespace LogPipeline.Local.Web.Status;

/// <summary>Bytes that a policy dropped for one reason.</summary>
public sealed record DroppedBytes(string Reason, long Bytes);
