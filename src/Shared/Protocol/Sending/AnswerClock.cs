namespace LogPipeline.Protocol.Sending;

/// <summary>How long the receiver has been silent while an answer is due.</summary>
internal sealed class AnswerClock(SenderLimits limits, TimeProvider time)
{
    private long _heardAt, _askedAt;

    /// <summary>It was silent for so long that it counts as gone.</summary>
    public bool IsGone => time.GetElapsedTime(_heardAt) >= limits.RewindAfter;

    /// <summary>An answer begins to be due.</summary>
    public void Begin() => _heardAt = _askedAt = time.GetTimestamp();

    public void Heard() => _heardAt = time.GetTimestamp();

    /// <summary>Whether to ask now; then it counts as asked.</summary>
    public bool ShouldProbe()
    {
        if (time.GetElapsedTime(_heardAt) < limits.ProbeAfter || time.GetElapsedTime(_askedAt) < limits.ProbeAfter) return false;
        _askedAt = time.GetTimestamp();
        return true;
    }
}
