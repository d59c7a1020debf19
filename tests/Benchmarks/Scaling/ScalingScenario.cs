namespace LogPipeline.Benchmarks.Scaling;

/// <summary>What befalls the pipeline. Times are seconds since everything was up.</summary>
/// <param name="Name">Of the command line and of the result's file.</param>
/// <param name="Title">For people.</param>
/// <param name="CauseSecond">When the load or the store changes.</param>
/// <param name="Seconds">How long lines are written.</param>
/// <param name="BytesPerSecond">How much is written.</param>
/// <param name="StoreTakes">Whether the store answers.</param>
internal sealed record ScalingScenario(string Name, string Title, int CauseSecond, int Seconds, Func<double, double> BytesPerSecond, Func<double, bool> StoreTakes)
{
    /// <summary>Bytes of log a second that the store takes of one aggregator.</summary>
    public const double Capacity = 1e6;

    /// <summary>As the manifest has it.</summary>
    private const int LeastAggregators = 2;

    private const int Minute = 60, Cause = 150;

    public static IReadOnlyList<ScalingScenario> All { get; } =
    [
        new("burst", "A burst at 5 times the capacity", Cause, 24 * Minute, second => second is >= Cause and < Cause + 3 * Minute ? 5 * LeastAggregators * Capacity : Capacity / 2, _ => true),
        new("outage", "The store takes nothing for 10 minutes", 60, 14 * Minute, _ => 0.8 * Capacity, second => second is < 60 or >= 60 + 10 * Minute),
        new("steady", "From 0.5 MB/s to a steady 2.4 MB/s", Cause, 12 * Minute, second => second < Cause ? Capacity / 2 : 2.4 * Capacity, _ => true),
    ];

    /// <summary>A shorter one, to see that everything works.</summary>
    public static ScalingScenario Trial { get; } = new("trial", "A trial", 40, 150, second => second is >= 40 and < 80 ? 5 * LeastAggregators * Capacity : Capacity / 2, _ => true);
}
