namespace LogPipeline.Processing;

/// <summary>
/// Those of a worker's streams that have something to make durable. The streams themselves keep it, so that of thousands none is looked at for each body that is
/// sent, and none is forgotten. Owned by the worker.
/// </summary>
public sealed class ChangedStreams
{
    private readonly HashSet<StreamTailer> _decided = [], _changed = [];

    /// <summary>Some have <see cref="StreamTailer.Uncommitted"/> decisions: nothing may be sent before they are durable.</summary>
    public bool HasDecisions => _decided.Count > 0;

    public bool IsEmpty => _changed.Count == 0;

    /// <summary>Some have positions that acknowledged progress has changed.</summary>
    public bool HasProgress => _changed.Count > _decided.Count || _changed.Any(stream => stream.HasDirty);

    /// <summary>All of them, as they stand now: each is taken out by <see cref="StreamTailer.Committed"/>.</summary>
    public StreamTailer[] ToArray() => [.. _changed];

    internal void Add(StreamTailer stream, bool isDecision)
    {
        _changed.Add(stream);
        if (isDecision) _decided.Add(stream);
    }

    internal void Remove(StreamTailer stream)
    {
        _changed.Remove(stream);
        _decided.Remove(stream);
    }
}
