namespace LogPipeline.Node.Metadata;

/// <summary>One kind of objects that is followed.</summary>
/// <param name="Name">In messages and metrics: <c>pods</c>.</param>
/// <param name="Path">Of the API, with what is selected: <c>api/v1/pods?fieldSelector=…</c>, always with a question mark.</param>
/// <param name="ReadList">Reads a list and its version.</param>
/// <param name="Read">Reads one object.</param>
/// <param name="Replace">Takes a list of all.</param>
/// <param name="Put">Takes a new or changed object.</param>
/// <param name="Remove">Takes a deleted one.</param>
internal sealed record WatchedResource<T>(
    string Name, string Path, Func<Stream, (IReadOnlyList<T> Items, string ResourceVersion)> ReadList, Func<string, T> Read, Action<IReadOnlyList<T>> Replace, Action<T> Put, Action<T> Remove);
