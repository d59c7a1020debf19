using FsCheck;
using FsCheck.Fluent;
using LogPipeline.Indexing.Delivery;

namespace LogPipeline.Tests.Indexing.Delivery;

public sealed class RetryBackoffTests
{
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    [Fact]
    public void Delays_stay_between_nothing_and_a_doubling_ceiling() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<byte>(), (attempts, fraction) =>
        {
            TimeSpan delay = RetryBackoff.Delay(attempts.Get, Max, null, fraction / 255.0);
            double ceiling = Math.Min(30, 0.1 * Math.Pow(2, attempts.Get - 1));
            return delay >= TimeSpan.Zero && delay.TotalSeconds <= ceiling + 1e-6;
        }));

    [Fact]
    public void The_ceiling_is_reached_and_never_passed()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(100), RetryBackoff.Delay(1, Max, null, 1));
        Assert.Equal(TimeSpan.FromMilliseconds(800), RetryBackoff.Delay(4, Max, null, 1));
        Assert.Equal(Max, RetryBackoff.Delay(int.MaxValue, Max, null, 1));
    }

    [Fact]
    public void What_the_server_asks_for_is_the_least()
    {
        Assert.InRange(RetryBackoff.Delay(9, Max, TimeSpan.FromSeconds(8), 1), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(10));
        Assert.Equal(RetryBackoff.LongestRetryAfter, RetryBackoff.Delay(1, Max, TimeSpan.FromDays(3), 0));
        Assert.Equal(TimeSpan.Zero, RetryBackoff.Delay(1, Max, TimeSpan.FromSeconds(-5), 0));
    }

    [Fact]
    public void A_held_tenant_is_never_tried_at_once()
    {
        for (int attempts = 1; attempts < 100; attempts++) Assert.InRange(RetryBackoff.HeldDelay(attempts, Max, 0), TimeSpan.FromSeconds(1), Max);
    }
}
