using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Tests.Tenancy.Quotas;

public sealed class QuotaAllocatorTests(ITestOutputHelper output)
{
    private const double Rate = 1000;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    [Fact]
    public void Two_that_want_more_than_there_is_get_the_same_and_one_that_wants_little_gets_that()
    {
        var play = new Play(processes: 3);
        play.Wanted = [5000, 5000, 100];
        play.Run(ticks: 20);
        Assert.Equal([450, 450, 100], play.Has);
    }

    [Fact]
    public void What_nobody_wants_is_divided_so_that_one_that_begins_need_not_wait()
    {
        var play = new Play(processes: 2);
        play.Wanted = [100, 0];
        play.Run(ticks: 20);
        Assert.Equal([550, 450], play.Has);
    }

    [Fact]
    public void One_that_wants_nothing_any_more_leaves_it_to_the_others_within_two_seconds()
    {
        var play = new Play(processes: 2);
        play.Wanted = [5000, 5000];
        play.Run(ticks: 20);
        play.Wanted = [0, 5000];
        play.Run(ticks: 4);
        Assert.Equal([0, Rate], play.Has);
    }

    [Fact]
    public void One_that_has_ended_leaves_all_to_the_others()
    {
        var play = new Play(processes: 2);
        play.Wanted = [5000, 5000];
        play.Run(ticks: 20);
        play.End(0);
        play.Run(ticks: 4);
        Assert.Equal(Rate, play.Has[1]);
    }

    /// <summary>Reports and answers are lost, processes end and begin, wishes change: at no moment is more granted than there is, and it is used when it is wanted.</summary>
    [Fact]
    public void Never_is_more_granted_than_the_rate_whatever_is_lost_and_whoever_ends()
    {
        for (int seed = 1; seed <= 500; seed++)
        {
            var random = new Random(seed);
            var play = new Play(random.Next(1, 6)) { Loss = random.NextDouble() * 0.4, Random = random };
            for (int round = 0; round < 40; round++)
            {
                int one = random.Next(play.Wanted.Length);
                if (random.Next(10) == 0) play.End(one);
                else if (random.Next(15) == 0) play.RestartAllocator();
                else play.Wanted[one] = random.Next(3) * random.Next(2000);
                for (int tick = 0; tick < 6; tick++)
                {
                    play.Run(1);
                    if (play.Has.Sum() <= Rate * (1 + 1e-9)) continue;
                    output.WriteLine($"seed {seed}, round {round}: {string.Join(' ', play.Has)}");
                    Assert.Fail($"seed {seed}: {play.Has.Sum()} of {Rate} are granted");
                }
            }
            play.Loss = 0;
            play.Run(20);
            Assert.True(play.Has.Sum() > Rate * 0.999, $"seed {seed}: {play.Has.Sum()} of {Rate} are granted at rest");
        }
    }

    /// <summary>Processes that report every half second.</summary>
    private sealed class Play
    {
        private TimeSpan _now;
        private QuotaAllocator _allocator = new(_ => (long)Rate, TimeSpan.Zero);

        public Play(int processes)
        {
            Wanted = new double[processes];
            Has = new double[processes];
        }

        public double[] Wanted { get; set; }

        public double[] Has { get; }

        public double Loss { get; set; }

        public Random Random { get; init; } = new(1);

        public void Run(int ticks)
        {
            for (int tick = 0; tick < ticks; tick++)
            {
                for (int process = 0; process < Has.Length; process++)
                {
                    if (Random.NextDouble() < Loss) continue;
                    QuotaGrant grant = Assert.Single(_allocator.Report($"p{process}", [new QuotaDemand("t", Wanted[process], Has[process])], _now));
                    if (Random.NextDouble() >= Loss) Has[process] = grant.Rate;
                }
                _now += Tick;
            }
        }

        /// <summary>A process ends, and another begins in its place with nothing.</summary>
        public void End(int process)
        {
            _allocator.Remove($"p{process}");
            Has[process] = Wanted[process] = 0;
        }

        /// <summary>Another allocator takes over and hears of everybody before it may grant more.</summary>
        public void RestartAllocator()
        {
            _allocator = new QuotaAllocator(_ => (long)Rate, _now);
            double loss = Loss;
            Loss = 0;
            Run(1);
            Loss = loss;
        }
    }
}
