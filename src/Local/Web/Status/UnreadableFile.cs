namespace LogPipeline.Local.Web.Status;

/// <summary>A file that the process may not read. <paramref name="Hint"/> names the group or right that would help.</summary>
public sealed record UnreadableFile(string Path, string Hint);
