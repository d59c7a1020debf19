namespace LogPipeline.Tenancy.Quotas;

/// <summary>
/// Divides each tenant's rate among the processes that could use some of it. What is granted never adds up to more than the rate: a process gets more only when
/// those that had it have said that they use less. Gets the time as values; holds nothing that the next reports do not tell again. Not thread-safe.
/// </summary>
/// <param name="rateOf">A tenant's rate in bytes a second; zero for one that has no limit any more.</param>
/// <param name="began">The time of its beginning: for <see cref="Settling"/> nobody gets more than it has, as those that have something may not have said so yet.</param>
public sealed class QuotaAllocator(Func<string, long> rateOf, TimeSpan began)
{
    /// <summary>How long an allocator that begins, as after the death of the one before, listens before it grants more.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    /// <summary>A process that says nothing for so long uses nothing any more.</summary>
    public static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Dictionary<string, Claim>> _tenants = [];

    /// <summary>Takes what a process could use, and gives what it may: for each tenant that it names. What it does not name it uses nothing of.</summary>
    public IReadOnlyList<QuotaGrant> Report(string process, IReadOnlyList<QuotaDemand> demands, TimeSpan now)
    {
        var named = new HashSet<string>(demands.Select(demand => demand.Tenant));
        foreach ((string tenant, Dictionary<string, Claim> claims) in _tenants)
            if (!named.Contains(tenant)) claims.Remove(process);
        return [.. demands.Select(demand => new QuotaGrant(demand.Tenant, Grant(process, demand, now)))];
    }

    /// <summary>A process has ended.</summary>
    public void Remove(string process)
    {
        foreach (Dictionary<string, Claim> claims in _tenants.Values) claims.Remove(process);
    }

    private double Grant(string process, QuotaDemand demand, TimeSpan now)
    {
        double rate = rateOf(demand.Tenant);
        if (!_tenants.TryGetValue(demand.Tenant, out Dictionary<string, Claim>? claims)) _tenants.Add(demand.Tenant, claims = []);
        foreach ((string name, Claim claim) in claims)
            if (claim.SaidAt + ForgottenAfter < now) claims.Remove(name);
        claims.Remove(process);
        double others = claims.Values.Sum(claim => claim.UsedRate);
        double most = now < began + Settling ? demand.GrantedRate : FairRate(rate, demand.WantedRate, [.. claims.Values.Select(claim => claim.WantedRate)]);
        double grant = Math.Max(0, Math.Min(most, rate - others));
        // Until it says so itself it may not have heard of the grant.
        claims.Add(process, new Claim(demand.WantedRate, Math.Max(grant, demand.GrantedRate), now));
        return grant;
    }

    /// <summary>
    /// Max-min fair: nobody gets more than it wants while another wants more than it gets, and those that want too much get the same; what nobody wants is divided evenly.
    /// </summary>
    private static double FairRate(double rate, double wanted, double[] others)
    {
        Array.Sort(others);
        double left = rate;
        int sharers = others.Length + 1;
        bool isServed = false;
        double own = 0;
        foreach (double other in others)
        {
            if (!isServed && wanted <= other) Serve();
            left -= Math.Min(other, left / sharers--);
        }
        if (!isServed) Serve();
        return own + (left / (others.Length + 1));

        void Serve()
        {
            own = Math.Min(wanted, left / sharers--);
            left -= own;
            isServed = true;
        }
    }

    /// <summary>What one process said and has of one tenant's rate.</summary>
    private sealed record Claim(double WantedRate, double UsedRate, TimeSpan SaidAt);
}
