using LogPipeline.Indexing;
using LogPipeline.Indexing.Delivery;

namespace LogPipeline.Tests.Indexing.Delivery;

public sealed class SendQueueTests
{
    private static readonly TimeSpan Now = TimeSpan.FromMinutes(1);

    [Fact]
    public void Tenants_take_turns_and_keep_their_order()
    {
        SendQueue queue = new();
        BulkWork[] a = Add(queue, "a", 3), b = Add(queue, "b", 3);
        Assert.Equal([a[0], b[0], a[1], b[1], a[2], b[2]], TakeAll(queue, 8));
    }

    [Fact]
    public void Tenants_that_wait_send_the_same_bytes_whatever_the_sizes_of_their_requests()
    {
        SendQueue queue = new();
        Add(queue, "large", 40, documents: 100);
        Add(queue, "small", 4000);
        long[] bytes = BytesOfFirst(queue, 2000, "large", "small");
        Assert.InRange((double)bytes[0] / bytes[1], 0.9, 1.1);
    }

    [Fact]
    public void A_tenant_with_a_larger_share_sends_so_many_times_the_bytes_of_another()
    {
        SendQueue queue = new(tenant => tenant == "a" ? 3 : 1);
        Add(queue, "a", 900);
        Add(queue, "b", 900);
        long[] bytes = BytesOfFirst(queue, 800, "a", "b");
        Assert.InRange((double)bytes[0] / bytes[1], 2.9, 3.1);
    }

    [Fact]
    public void A_tenant_that_had_nothing_to_send_has_saved_nothing_up()
    {
        SendQueue queue = new();
        Add(queue, "busy", 1000);
        BytesOfFirst(queue, 500);
        Add(queue, "late", 500);
        long[] bytes = BytesOfFirst(queue, 400, "busy", "late");
        Assert.InRange((double)bytes[0] / bytes[1], 0.9, 1.1);
    }

    [Fact]
    public void A_later_attempt_that_is_due_goes_before_fresh_work_and_one_that_is_not_waits()
    {
        SendQueue queue = new();
        BulkWork[] fresh = Add(queue, "a", 1);
        BulkWork due = Work("a"), later = Work("a");
        queue.AddLater(later, Now + TimeSpan.FromSeconds(5));
        queue.AddLater(due, Now);
        Assert.Equal([due, fresh[0]], TakeAll(queue, 8));
        Assert.Equal(Now + TimeSpan.FromSeconds(5), queue.NextDue(Now));
    }

    [Fact]
    public void A_busy_tenant_leaves_places_to_others_seen_lately_and_takes_all_when_alone()
    {
        SendQueue queue = new();
        Add(queue, "a", 20);
        Assert.Equal(8, TakeAll(queue, 8).Count);

        queue = new SendQueue();
        Add(queue, "a", 20);
        BulkWork other = Assert.Single(Add(queue, "b", 1));
        List<BulkWork> taken = TakeAll(queue, 8);
        Assert.Contains(other, taken);
        Assert.Equal(7, taken.Count);
    }

    [Fact]
    public void A_tenant_with_nothing_under_way_starts_beyond_the_limit()
    {
        SendQueue queue = new();
        Add(queue, "slow", 20);
        Assert.Equal(4, TakeAll(queue, 4).Count);
        BulkWork[] quick = Add(queue, "quick", 5);
        Assert.Equal([quick[0]], TakeAll(queue, 4));
        queue.Finished(quick[0], progress: true, now: TimeSpan.Zero);
        Assert.Equal([quick[1]], TakeAll(queue, 4));
    }

    [Fact]
    public void Tenants_that_fail_have_one_request_each_and_half_of_the_places()
    {
        SendQueue queue = new();
        for (int t = 0; t < 6; t++) Add(queue, $"bad{t}", 20);
        for (int i = 0; i < 30; i++)
        {
            Assert.True(queue.TryTake(Now, 8, out BulkWork failed, out _));
            queue.Finished(failed, progress: false, now: TimeSpan.Zero);
        }

        Assert.Equal(4, TakeAll(queue, 8).Count);
        Add(queue, "good", 10);
        Assert.InRange(TakeAll(queue, 8).Count(w => w.Delivery.Body.Tenant == "good"), 4, 8);
    }

    [Fact]
    public void A_held_tenant_is_tried_with_one_request_when_its_time_has_come()
    {
        SendQueue queue = new();
        Add(queue, "a", 3);
        Assert.True(queue.TryTake(Now, 8, out BulkWork refused, out bool probe));
        Assert.False(probe);
        queue.Finished(refused, progress: true, now: TimeSpan.Zero);
        Assert.True(queue.Hold(refused, new HoldReason("k", "t")));
        queue.HoldUntil("a", Now + TimeSpan.FromSeconds(9));
        Assert.Empty(TakeAll(queue, 8));
        Assert.Equal(Now + TimeSpan.FromSeconds(9), queue.NextDue(Now));
        Assert.True(queue.TryTake(Now + TimeSpan.FromSeconds(9), 8, out BulkWork tried, out probe));
        Assert.True(probe);
        Assert.Same(refused, tried);
        Assert.False(queue.TryTake(Now + TimeSpan.FromSeconds(9), 8, out _, out _));
        queue.Finished(tried, progress: true, now: TimeSpan.Zero);
        queue.ReleaseHold("a");
        Assert.Equal(2, TakeAll(queue, 8).Count);
    }

    [Fact]
    public void Only_one_suspect_is_under_way_and_it_holds_up_nothing_else()
    {
        SendQueue queue = new();
        BulkWork first = Work("a") with { Closures = 1 }, second = Work("b") with { Closures = 1 };
        queue.AddLater(first, Now);
        queue.AddLater(second, Now);
        BulkWork[] fresh = Add(queue, "b", 1);
        Assert.Equal([first, fresh[0]], TakeAll(queue, 8));
        queue.Finished(first, progress: true, now: TimeSpan.Zero);
        Assert.Equal([second], TakeAll(queue, 8));
    }

    [Fact]
    public void Tenants_with_nothing_left_are_forgotten()
    {
        SendQueue queue = new();
        for (int t = 0; t < 1000; t++)
        {
            queue.Open($"t{t}", TimeSpan.Zero);
            queue.Close($"t{t}");
        }

        queue.Trim(Now);
        Assert.False(queue.TryTake(Now, 8, out _, out _));
        Assert.Equal(0, queue.BodiesOf("t0"));
    }

    private static BulkWork[] Add(SendQueue queue, string tenant, int count, int documents = 1)
    {
        BulkWork[] work = [.. Enumerable.Range(0, count).Select(_ => Work(tenant, documents))];
        foreach (BulkWork one in work)
        {
            queue.Open(tenant, TimeSpan.Zero);
            queue.AddFresh(one);
        }

        return work;
    }

    /// <summary>The bytes of some tenants among so many requests, one after the other.</summary>
    private static long[] BytesOfFirst(SendQueue queue, int requests, params string[] tenants)
    {
        var bytes = new long[tenants.Length];
        for (int i = 0; i < requests; i++)
        {
            Assert.True(queue.TryTake(Now, 1, out BulkWork work, out _));
            queue.Finished(work, progress: true, Now);
            if (Array.IndexOf(tenants, work.Delivery.Body.Tenant) is >= 0 and var tenant) bytes[tenant] += work.RequestBytes();
        }
        return bytes;
    }

    private static BulkWork Work(string tenant, int documents = 1) =>
        new() { Delivery = new BodyDelivery(Documents.Body(tenant, [.. Enumerable.Range(1, documents)]), _ => { }), Kind = WorkKind.Send };

    private static List<BulkWork> TakeAll(SendQueue queue, int limit)
    {
        List<BulkWork> taken = [];
        while (queue.TryTake(Now, limit, out BulkWork work, out _)) taken.Add(work);
        return taken;
    }
}
