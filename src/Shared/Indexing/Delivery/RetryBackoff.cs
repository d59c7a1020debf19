namespace LogPipeline.Indexing.Delivery;

/// <summary>When to try again: exponential with full jitter. Pure; random numbers are handed in.</summary>
public static class RetryBackoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstHeld = TimeSpan.FromSeconds(2);

    /// <summary>A server that asks for a longer pause is asked again after this.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(10);

    /// <summary>The pause before the next attempt of documents that may be taken soon.</summary>
    /// <param name="attempts">Attempts made, at least 1.</param>
    /// <param name="max">The longest pause that this side chooses.</param>
    /// <param name="retryAfter">What the server asked for, which is the least.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan Delay(int attempts, TimeSpan max, TimeSpan? retryAfter, double random)
    {
        TimeSpan own = Ceiling(First, attempts, max) * random;
        if (retryAfter is not { } asked || asked <= TimeSpan.Zero) return own;
        if (asked > LongestRetryAfter) asked = LongestRetryAfter;
        // Spread behind what was asked, so that not everybody comes back at the same moment.
        return asked + TimeSpan.FromTicks(Math.Min(own.Ticks, asked.Ticks / 4));
    }

    /// <summary>The pause before a held tenant is tried again: slow, and never nearly zero, as a person has to act.</summary>
    public static TimeSpan HeldDelay(int attempts, TimeSpan max, double random) => Ceiling(FirstHeld, attempts, max) * (0.5 + (random / 2));

    private static TimeSpan Ceiling(TimeSpan first, int attempts, TimeSpan max)
    {
        double ticks = first.Ticks * Math.Pow(2, Math.Min(attempts - 1, 30));
        return ticks >= max.Ticks ? max : TimeSpan.FromTicks((long)ticks);
    }
}
