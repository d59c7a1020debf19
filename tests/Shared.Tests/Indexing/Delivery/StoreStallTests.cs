using LogPipeline.Indexing.Delivery;

namespace LogPipeline.Tests.Indexing.Delivery;

public sealed class StoreStallTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_store_is_stalled_only_while_something_waits_for_it()
    {
        var queue = new SendQueue();
        Assert.Equal(TimeSpan.Zero, queue.StalledFor(100 * Second));
        queue.Open("a", 100 * Second);
        Assert.Equal(5 * Second, queue.StalledFor(105 * Second));
        queue.Open("b", 104 * Second);
        Assert.Equal(5 * Second, queue.StalledFor(105 * Second));
        queue.Close("a");
        Assert.Equal(1 * Second, queue.StalledFor(105 * Second));
        queue.Close("b");
        Assert.Equal(TimeSpan.Zero, queue.StalledFor(105 * Second));
    }
}
