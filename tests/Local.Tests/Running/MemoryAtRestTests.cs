using LogPipeline.Indexing;
using LogPipeline.Local.Running;
using LogPipeline.Tests.Indexing;

namespace LogPipeline.Tests.Running;

public sealed class MemoryAtRestTests
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private readonly VirtualTime _time = new();
    private long _read;
    private int _released;

    [Fact]
    public void What_starting_took_is_given_back_and_again_once_the_idle_connections_are_closed()
    {
        using MemoryAtRest memory = Start();

        _time.Advance(Look);
        Assert.Equal(1, _released);
        _time.Advance(5 * Look);
        Assert.Equal(2, _released);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, _released);
    }

    [Fact]
    public void Nothing_is_given_back_while_there_is_work_and_all_of_it_soon_after()
    {
        using MemoryAtRest memory = Start();

        for (int look = 0; look < 20; look++)
        {
            _read += 2 << 20;
            _time.Advance(Look);
        }
        Assert.Equal(0, _released);
        _time.Advance(Look);
        Assert.Equal(1, _released);
    }

    [Fact]
    public void Every_burst_is_followed_by_another_time()
    {
        using MemoryAtRest memory = Start();

        for (int burst = 1; burst <= 3; burst++)
        {
            _read += 50 << 20;
            _time.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(2 * burst, _released);
        }
    }

    [Fact]
    public void A_few_lines_a_second_are_no_burst_until_they_are_as_much_as_one()
    {
        using MemoryAtRest memory = Start();
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, _released);

        for (int look = 0; look < 100; look++)
        {
            _read += 10 << 10;
            _time.Advance(Look);
        }
        Assert.Equal(2, _released);
        _read += 100 << 10;
        _time.Advance(Look);
        Assert.Equal(3, _released);
    }

    [Fact]
    public void A_disposed_one_never_looks_again()
    {
        Start().Dispose();

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, _released);
    }

    [Fact]
    public void What_bodies_kept_is_taken_off_the_heap()
    {
        new BulkBody("t", 64 << 20).Dispose();
        long before = GC.GetTotalMemory(forceFullCollection: false);

        MemoryAtRest.Release();

        Assert.True(before - GC.GetTotalMemory(forceFullCollection: false) > 32 << 20, "The buffer of 64 MiB is still there.");
    }

    private MemoryAtRest Start() => new(() => _read, _time, () => _released++);
}
