namespace LogPipeline.Tests.Storing;

/// <summary>What the pipeline under test takes for its store, and how it is made to fail at a given moment.</summary>
internal interface IStoreFront
{
    string Url { get; }

    /// <summary>
    /// The n-th request of <c>_bulk</c> from now gets no answer: it is held before or after its documents are stored. The one that is held before may
    /// still store them when its sender is gone.
    /// </summary>
    /// <returns>Completes when the request has come.</returns>
    Task HoldAsync(int requests, bool stored);

    /// <summary>No request is held any more that has not come yet.</summary>
    void HoldNone();

    /// <summary>The store itself dies, and comes back before the task completes; nothing where it cannot.</summary>
    Task CrashAsync() => Task.CompletedTask;
}
