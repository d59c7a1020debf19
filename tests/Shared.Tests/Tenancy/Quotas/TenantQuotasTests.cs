using LogPipeline.Configuration;
using LogPipeline.Tenancy.Quotas;
using LogPipeline.Tests.Indexing;

namespace LogPipeline.Tests.Tenancy.Quotas;

public sealed class TenantQuotasTests
{
    private const long Rate = 100_000;

    private readonly VirtualTime _time = new();
    private readonly RecordingLog _log = new();
    private readonly TenantLimits _limits = new([new TenantLimit { Tenant = "free", RateBytes = 0 }, new TenantLimit { Tenant = "team-*", RateBytes = Rate, Share = 3 }]);

    [Fact]
    public void The_first_limit_that_matches_a_tenants_name_counts()
    {
        Assert.Equal((0, 1), (_limits.RateOf("free"), _limits.ShareOf("free")));
        Assert.Equal((Rate, 3), (_limits.RateOf("team-a"), _limits.ShareOf("team-a")));
        Assert.Equal((0, 1), (_limits.RateOf("shop"), _limits.ShareOf("shop")));
        Assert.False(TenantLimits.None.HasRates);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(60_000)]
    [InlineData(1_000_000)]
    public void A_rate_holds_in_the_long_run_whatever_the_sizes_of_what_is_taken(int chunkBytes)
    {
        TenantQuotas quotas = TenantQuotas.Whole(_limits, _log, _time);
        long taken = 0;
        const int Seconds = 600;
        for (int step = 0; step < Seconds * 100; step++)
        {
            while (quotas.MayTake("team-a"))
            {
                quotas.Take("team-a", chunkBytes);
                taken += chunkBytes;
            }
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }
        Assert.InRange(taken, Rate * Seconds, (Rate * (Seconds + 2)) + chunkBytes);
    }

    [Fact]
    public void A_tenant_over_its_rate_delays_no_other_and_one_without_a_rate_is_never_refused()
    {
        TenantQuotas quotas = TenantQuotas.Whole(_limits, _log, _time);
        quotas.Take("team-a", 10 * Rate);
        Assert.False(quotas.MayTake("team-a"));
        Assert.True(quotas.MayTake("team-b"));
        quotas.Take("shop", long.MaxValue / 2);
        Assert.True(quotas.MayTake("shop"));
        Assert.True(quotas.MayTake("free"));
    }

    [Fact]
    public void A_tenant_that_was_refused_is_throttled_for_a_while_and_the_log_says_so_once()
    {
        TenantQuotas quotas = TenantQuotas.Whole(_limits, _log, _time);
        quotas.Take("team-a", 3 * Rate);
        Assert.Empty(quotas.Throttled);
        for (int i = 0; i < 3; i++) Assert.False(quotas.MayTake("team-a"));
        Assert.Equal("team-a", Assert.Single(quotas.Throttled));
        Assert.Contains("team-a writes more than its 100000B a second", Assert.Single(_log.Events).Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(quotas.MayTake("team-a"));
        Assert.Empty(quotas.Throttled);
    }

    [Fact]
    public void One_of_several_processes_has_what_it_was_granted_and_says_what_it_could_use()
    {
        TenantQuotas quotas = TenantQuotas.Granted(_limits, _log, _time);
        Assert.False(quotas.MayTake("team-a"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new QuotaDemand("team-a", Rate, 0), Assert.Single(quotas.TakeDemands()));
        quotas.Grant(new QuotaGrant("team-a", Rate / 2));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(quotas.MayTake("team-a"));
        Assert.Empty(_log.Events);
        quotas.Take("team-a", 8000);
        Assert.Equal(new QuotaDemand("team-a", 10_000, Rate / 2), Assert.Single(quotas.TakeDemands()));
        quotas.Take("team-a", Rate);
        Assert.False(quotas.MayTake("team-a"));
        Assert.Single(_log.Events);
        Assert.Equal(Rate, Assert.Single(quotas.TakeDemands()).WantedRate);
        // Not used for long: given back, and begun anew with nothing.
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(quotas.TakeDemands());
        Assert.False(quotas.MayTake("team-a"));
    }
}
