namespace LogPipeline.Node.Metadata;

/// <summary>What is asked of the API next.</summary>
/// <param name="After">How long to wait before.</param>
/// <param name="IsList">A list of everything; otherwise a watch of what changes behind a version.</param>
/// <param name="ResourceVersion">Of a list: at least as new as this, <c>0</c> for any, empty for the newest, which is not answered from the server's cache. Of a watch: where it begins.</param>
/// <param name="Timeout">When the server is to end a watch.</param>
public readonly record struct WatchRequest(TimeSpan After, bool IsList, string ResourceVersion, TimeSpan Timeout);
