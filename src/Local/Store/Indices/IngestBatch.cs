namespace LogPipeline.Local.Store.Indices;

/// <summary>The documents of one request that go to one index. Their outcomes are set when <see cref="Completion"/> is.</summary>
internal sealed class IngestBatch(IngestRequest request, List<int> positions)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IngestRequest Request => request;

    /// <summary>Positions of the documents in the request, in its order.</summary>
    public List<int> Positions => positions;

    public Task Completion => _completion.Task;

    public void Complete() => _completion.TrySetResult();

    /// <summary>None of the documents is stored.</summary>
    public void Fail(IngestOutcome outcome)
    {
        foreach (int position in positions) request.Items[position].Outcome = outcome;
        _completion.TrySetResult();
    }
}
