namespace LogPipeline.Local.Demo;

/// <summary>Something that happens over a little time, in one or several containers: lines and deeds, put into the future they belong to.</summary>
internal sealed class Scene(Random random, long startNanos, PriorityQueue<Action<IDemoStage>, (long Nanos, long Sequence)> future, Func<long> sequence)
{
    private const long NanosPerMillisecond = 1_000_000;

    private long _elapsedNanos;

    /// <summary>The scene's present, in nanoseconds since the Unix epoch.</summary>
    public long Now => startNanos + _elapsedNanos;

    /// <summary>Milliseconds since the scene began.</summary>
    public int ElapsedMilliseconds => (int)(_elapsedNanos / NanosPerMillisecond);

    /// <summary>Lets some time pass.</summary>
    public void Wait(int fromMilliseconds, int toMilliseconds) => _elapsedNanos += random.NextInt64(fromMilliseconds * NanosPerMillisecond, toMilliseconds * NanosPerMillisecond + 1);

    /// <summary>A line on standard output.</summary>
    public void Out(DemoContainer container, string line) => Write(container, stderr: false, line);

    /// <summary>A line on standard error.</summary>
    public void Err(DemoContainer container, string line) => Write(container, stderr: true, line);

    /// <summary>Several lines at once, microseconds apart.</summary>
    public void Lines(DemoContainer container, bool stderr, string text)
    {
        foreach (string line in text.Split('\n')) Write(container, stderr, line);
    }

    /// <summary>Something other than a line.</summary>
    public void Do(Action<IDemoStage> deed)
    {
        _elapsedNanos += random.Next(1_000, 30_000);
        future.Enqueue(deed, (Now, sequence()));
    }

    private void Write(DemoContainer container, bool stderr, string line)
    {
        _elapsedNanos += random.Next(1_000, 30_000);
        long nanos = Now;
        future.Enqueue(stage => stage.Write(container, nanos, stderr, line), (nanos, sequence()));
    }
}
