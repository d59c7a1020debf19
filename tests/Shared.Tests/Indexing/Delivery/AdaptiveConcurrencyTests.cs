using LogPipeline.Indexing.Delivery;

namespace LogPipeline.Tests.Indexing.Delivery;

public sealed class AdaptiveConcurrencyTests
{
    private const long Bytes = 4 << 20;

    [Fact]
    public void It_grows_to_the_maximum_while_answers_come_as_fast_as_ever()
    {
        AdaptiveConcurrency concurrency = new(8);
        TimeSpan now = Grow(concurrency, 200);
        Assert.Equal(8, concurrency.Limit);
        Assert.True(now > TimeSpan.Zero);
    }

    [Fact]
    public void It_does_not_grow_on_places_that_nobody_uses()
    {
        AdaptiveConcurrency concurrency = new(8);
        for (int i = 0; i < 100; i++) concurrency.OnAnswered(Bytes, TimeSpan.FromMilliseconds(100), limitReached: false, TimeSpan.FromSeconds(i));
        Assert.Equal(2, concurrency.Limit);
    }

    [Fact]
    public void A_wave_of_refusals_halves_it_once_a_round_trip()
    {
        AdaptiveConcurrency concurrency = new(8);
        TimeSpan now = Grow(concurrency, 200);
        for (int i = 0; i < 8; i++) concurrency.OnOverloaded(TimeSpan.FromMilliseconds(100), now + TimeSpan.FromMilliseconds(i));
        Assert.Equal(4, concurrency.Limit);
        for (int i = 1; i <= 8; i++) concurrency.OnOverloaded(TimeSpan.FromMilliseconds(100), now + TimeSpan.FromSeconds(i));
        Assert.Equal(1, concurrency.Limit);
    }

    [Fact]
    public void Answers_that_take_much_longer_lower_it()
    {
        AdaptiveConcurrency concurrency = new(8);
        TimeSpan now = Grow(concurrency, 200);
        for (int i = 1; i <= 5; i++) concurrency.OnAnswered(Bytes, TimeSpan.FromSeconds(1), limitReached: true, now + TimeSpan.FromSeconds(2 * i));
        Assert.InRange(concurrency.Limit, 1, 5);
    }

    [Fact]
    public void A_server_that_became_slower_for_good_is_not_chased_down_to_one()
    {
        AdaptiveConcurrency concurrency = new(8);
        TimeSpan now = Grow(concurrency, 200);
        for (int i = 1; i <= 600; i++) concurrency.OnAnswered(Bytes, TimeSpan.FromMilliseconds(400), limitReached: true, now + TimeSpan.FromSeconds(i));
        Assert.Equal(8, concurrency.Limit);
    }

    [Fact]
    public void A_large_request_is_not_slow_because_small_ones_are_quick()
    {
        AdaptiveConcurrency concurrency = new(8);
        for (int i = 0; i < 400; i++)
        {
            bool large = i % 2 == 0;
            concurrency.OnAnswered(large ? Bytes : 1000, TimeSpan.FromMilliseconds(large ? 800 : 2), limitReached: true, TimeSpan.FromSeconds(i));
        }

        Assert.Equal(8, concurrency.Limit);
    }

    private static TimeSpan Grow(AdaptiveConcurrency concurrency, int answers)
    {
        for (int i = 0; i < answers; i++) concurrency.OnAnswered(Bytes, TimeSpan.FromMilliseconds(100), limitReached: true, TimeSpan.FromSeconds(i));
        return TimeSpan.FromSeconds(answers);
    }
}
