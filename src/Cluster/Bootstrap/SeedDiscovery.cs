using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using LogPipeline.Observability;

namespace LogPipeline.Cluster.Bootstrap;

/// <summary>
/// Finds the aggregators by the addresses of a name, as a headless Service has one, and joins through them. Whoever sees the smallest address as its own begins a
/// cluster when none of the others has one; so members wait until the name has said the same for a while, as Pods that start together get their addresses one by one.
/// </summary>
/// <param name="own">This member.</param>
/// <param name="name">The name.</param>
/// <param name="port">On which every aggregator listens.</param>
/// <param name="log">Told when the name has no addresses.</param>
public sealed class SeedDiscovery(Address own, string name, int port, IPipelineLog log)
{
    private const int StableLooks = 5;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private ImmutableList<Address> _seen = [];
    private int _looksTheSame;
    private bool _told;

    /// <summary>Looks and joins until this member is up, or the process ends.</summary>
    public async Task RunAsync(Akka.Cluster.Cluster cluster, CancellationToken stopping)
    {
        using var tick = new PeriodicTimer(LookEvery);
        try
        {
            do
            {
                if (Look(await ResolveAsync(stopping)) is { } seeds) cluster.JoinSeedNodes(seeds);
            }
            while (cluster.SelfMember.Status != MemberStatus.Up && await tick.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            // its next life looks again
        }
    }

    /// <summary>The aggregators that the name has now.</summary>
    public async Task<IReadOnlyList<Address>> AggregatorsAsync() => SeedsOf(await ResolveAsync(CancellationToken.None));

    /// <summary>Takes what the name has now. The members to join through, the one that may begin a cluster first, once that has not changed for a while; else null.</summary>
    public ImmutableList<Address>? Look(IEnumerable<IPAddress> addresses)
    {
        ImmutableList<Address> seeds = SeedsOf(addresses);
        _looksTheSame = seeds.SequenceEqual(_seen) ? _looksTheSame + 1 : 1;
        _seen = seeds;
        return seeds.Count > 0 && _looksTheSame == StableLooks ? seeds : null;
    }

    private ImmutableList<Address> SeedsOf(IEnumerable<IPAddress> addresses) =>
    [
        .. addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork).Distinct()
            .OrderBy(address => BitConverter.ToUInt32([.. address.GetAddressBytes().Reverse()]))
            .Select(address => new Address(own.Protocol, own.System, address.ToString(), port)),
    ];

    private async Task<IPAddress[]> ResolveAsync(CancellationToken stopping)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name, AddressFamily.InterNetwork, stopping);
        }
        catch (SocketException unknown)
        {
            if (!_told) log.Write(PipelineLogLevel.Warning, LogEvents.SeedsUnknown, $"cluster.seeds_dns: {name} has no addresses: {unknown.Message}. It is asked again every second.");
            _told = true;
            return [];
        }
    }
}
