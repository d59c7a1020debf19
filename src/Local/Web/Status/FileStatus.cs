namespace LogPipeline.Local.Web.Status;

/// <summary>A log file. <paramref name="State"/> is one word for people, for example <c>reading</c>, <c>idle</c>, <c>rotated</c>, <c>ended</c>. What lies between <paramref name="DurableOffset"/> and <paramref name="ReadOffset"/> is on its way.</summary>
public sealed record FileStatus(string Path, string Tenant, long SizeBytes, long DurableOffset, long BacklogBytes, string State, long ReadOffset);
