using System.Globalization;
using LogPipeline.Configuration.Values;
using LogPipeline.Observability;

namespace LogPipeline.Tenancy.Quotas;

/// <summary>
/// How much of its rate each tenant has left in this process. A process that is alone has the whole rate; one of several has what it was granted of it, nothing to
/// begin with, and says what it could use. Over its rate a tenant waits in its files: nothing is dropped. Safe from any thread.
/// </summary>
public sealed class TenantQuotas
{
    /// <summary>A tenant that was refused counts as throttled for so long.</summary>
    private static readonly TimeSpan ThrottledFor = TimeSpan.FromSeconds(5);

    /// <summary>The log tells of a tenant no more often.</summary>
    private static readonly TimeSpan QuietFor = TimeSpan.FromMinutes(5);

    /// <summary>A grant that was not used for so long is given back.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Allowance> _tenants = [];
    private readonly TenantLimits _limits;
    private readonly bool _isGranted;
    private readonly IPipelineLog _log;
    private readonly TimeProvider _time;
    private readonly long _began;
    private TimeSpan _reportedAt;

    private TenantQuotas(TenantLimits limits, bool isGranted, IPipelineLog log, TimeProvider time)
    {
        (_limits, _isGranted, _log, _time) = (limits, isGranted, log, time);
        _began = time.GetTimestamp();
    }

    /// <summary>The tenants that were over their rate a moment ago.</summary>
    public IReadOnlyList<string> Throttled
    {
        get
        {
            TimeSpan now = Now;
            lock (_lock) return [.. _tenants.Where(tenant => tenant.Value.RefusedAt + ThrottledFor > now).Select(tenant => tenant.Key)];
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_began);

    /// <summary>Of a process that is alone.</summary>
    public static TenantQuotas Whole(TenantLimits limits, IPipelineLog log, TimeProvider time) => new(limits, isGranted: false, log, time);

    /// <summary>Of one of several processes: see <see cref="TakeDemands"/> and <see cref="Grant"/>.</summary>
    public static TenantQuotas Granted(TenantLimits limits, IPipelineLog log, TimeProvider time) => new(limits, isGranted: true, log, time);

    /// <summary>Whether a tenant may take something now. A refusal counts as one.</summary>
    public bool MayTake(string tenant)
    {
        if (!_limits.HasRates || _limits.RateOf(tenant) is not (> 0 and long rate)) return true;
        TimeSpan now = Now;
        bool tells;
        lock (_lock)
        {
            Allowance allowance = Of(tenant, rate, now);
            if (allowance.Bucket.HasLeft(now)) return true;
            // What a process waits for before its first grant is no news.
            tells = allowance.Bucket.Rate > 0 && allowance.ToldAt + QuietFor < now;
            if (tells) allowance.ToldAt = now;
            allowance.RefusedAt = now;
            allowance.IsRefused = true;
        }
        if (tells) _log.Write(PipelineLogLevel.Info, LogEvents.TenantThrottled, string.Create(CultureInfo.InvariantCulture, $"{tenant} writes more than its {ByteSize.Format(rate)} a second (tenancy.limits): what is too much waits in its files."));
        return false;
    }

    /// <summary>Whether <see cref="MayTake"/> would say so; nothing is counted.</summary>
    public bool HasLeft(string tenant)
    {
        if (!_limits.HasRates) return true;
        lock (_lock) return !_tenants.TryGetValue(tenant, out Allowance? allowance) || allowance.Bucket.HasLeft(Now);
    }

    /// <summary>A tenant takes so many bytes, which may be more than it had left.</summary>
    public void Take(string tenant, long bytes)
    {
        if (!_limits.HasRates || _limits.RateOf(tenant) is not (> 0 and long rate)) return;
        TimeSpan now = Now;
        lock (_lock)
        {
            Allowance allowance = Of(tenant, rate, now);
            allowance.Bucket.Take(bytes);
            allowance.TakenBytes += bytes;
            allowance.UsedAt = now;
        }
    }

    /// <summary>What this process could use of each tenant's rate, by what was taken and refused since the last call.</summary>
    public IReadOnlyList<QuotaDemand> TakeDemands()
    {
        TimeSpan now = Now;
        lock (_lock)
        {
            double seconds = Math.Max(0.05, (now - _reportedAt).TotalSeconds);
            _reportedAt = now;
            var demands = new List<QuotaDemand>(_tenants.Count);
            foreach ((string tenant, Allowance allowance) in _tenants)
            {
                if (!allowance.IsRefused && allowance.UsedAt + ForgottenAfter < now)
                {
                    _tenants.Remove(tenant);
                    continue;
                }
                // A quarter more than now, so that one that grows is not held up at once.
                double wanted = allowance.IsRefused ? _limits.RateOf(tenant) : allowance.TakenBytes / seconds * 1.25;
                demands.Add(new QuotaDemand(tenant, wanted, allowance.Bucket.Rate));
                allowance.TakenBytes = 0;
                allowance.IsRefused = false;
            }
            return demands;
        }
    }

    /// <summary>From now on this process has so much of a tenant's rate.</summary>
    public void Grant(QuotaGrant grant)
    {
        lock (_lock)
            if (_tenants.TryGetValue(grant.Tenant, out Allowance? allowance)) allowance.Bucket.Change(grant.Rate, Now);
    }

    private Allowance Of(string tenant, long rate, TimeSpan now)
    {
        if (_tenants.TryGetValue(tenant, out Allowance? allowance)) return allowance;
        allowance = new Allowance { Bucket = new TokenBucket(_isGranted ? 0 : rate, now), UsedAt = now };
        _tenants.Add(tenant, allowance);
        return allowance;
    }

    private sealed class Allowance
    {
        public required TokenBucket Bucket { get; init; }

        public TimeSpan RefusedAt { get; set; } = TimeSpan.MinValue / 2;

        public TimeSpan ToldAt { get; set; } = TimeSpan.MinValue / 2;

        public TimeSpan UsedAt { get; set; }

        /// <summary>Since the last report.</summary>
        public long TakenBytes { get; set; }

        /// <summary>Since the last report.</summary>
        public bool IsRefused { get; set; }
    }
}
