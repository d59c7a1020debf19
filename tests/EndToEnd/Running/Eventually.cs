namespace LogPipeline.Tests.Running;

/// <summary>Waits on conditions, never for a time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>False when the condition has not come in time.</summary>
    public static async Task<bool> ComesAsync(TimeSpan within, Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(within);
        using var tick = new PeriodicTimer(Interval);
        try
        {
            while (!await condition()) await tick.WaitForNextTickAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public static Task<bool> ComesAsync(TimeSpan within, Func<bool> condition) => ComesAsync(within, () => Task.FromResult(condition()));

    /// <summary>Fails with what was waited for, and what there is instead.</summary>
    public static async Task HoldsAsync(string what, TimeSpan within, Func<bool> condition, Func<string> instead) =>
        Assert.True(await ComesAsync(within, condition), $"not within {within.TotalSeconds} s: {what}\n{instead()}");
}
