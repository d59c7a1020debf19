using LogPipeline.Observability;
using LogPipeline.Tests.Indexing;

namespace LogPipeline.Tests.Backlogs;

public sealed class CheckpointAgesTests
{
    [Fact]
    public void The_age_is_that_of_the_stream_that_has_waited_longest_for_its_record()
    {
        var time = new VirtualTime();
        var ages = new CheckpointAges(time);
        Assert.Equal(0, ages.OldestSeconds);
        ages.Waits("a");
        time.Advance(TimeSpan.FromSeconds(3));
        ages.Waits("b");
        ages.Waits("a");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4, ages.OldestSeconds);
        ages.Recorded("a");
        Assert.Equal(1, ages.OldestSeconds);
        ages.Recorded("b");
        Assert.Equal(0, ages.OldestSeconds);
    }
}
