using LogPipeline.Local.Workers;

namespace LogPipeline.Tests.Workers;

public sealed class RoomlessStreamsTests
{
    [Fact]
    public void A_crowd_of_one_tenant_holds_no_other_tenants_stream_back()
    {
        var roomless = new RoomlessStreams();
        StreamSlot[] crowd = [.. Enumerable.Range(0, 1000).Select(_ => new StreamSlot(null!))];
        foreach (StreamSlot slot in crowd) roomless.Add("a", slot);
        var other = new StreamSlot(null!);
        roomless.Add("b", other);
        Assert.Equal([other], LetGo(roomless, "b"));
        Assert.Empty(LetGo(roomless, "b"));
    }

    [Fact]
    public void Those_that_wait_longest_are_let_go_first_some_at_a_time_and_each_once()
    {
        var roomless = new RoomlessStreams();
        StreamSlot[] crowd = [.. Enumerable.Range(0, 1000).Select(_ => new StreamSlot(null!))];
        foreach (StreamSlot slot in crowd.Concat(crowd)) roomless.Add("a", slot);
        var found = new List<StreamSlot>();
        while (!roomless.IsEmpty)
        {
            List<StreamSlot> some = LetGo(roomless, "a");
            Assert.InRange(some.Count, 1, 100);
            found.AddRange(some);
        }

        Assert.Equal(crowd, found);
    }

    [Fact]
    public void A_stream_whose_tenant_has_changed_waits_for_the_new_ones_room()
    {
        var roomless = new RoomlessStreams();
        var slot = new StreamSlot(null!);
        roomless.Add("a", slot);
        roomless.Add("b", slot);
        Assert.Empty(LetGo(roomless, "a"));
        Assert.Equal([slot], LetGo(roomless, "b"));
        Assert.True(roomless.IsEmpty);
    }

    private static List<StreamSlot> LetGo(RoomlessStreams roomless, string tenant)
    {
        var found = new List<StreamSlot>();
        roomless.LetGo(asked => asked == tenant, found.Add);
        return found;
    }
}
