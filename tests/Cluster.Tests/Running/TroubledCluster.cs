using System.Globalization;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests.Running;

/// <summary>
/// What befalls the members of a cluster in a network: one trouble at a time, for a moment or until the others have given somebody up. Keeps how long it took from each
/// decision about the membership until something that was written after it was stored of every stream.
/// </summary>
internal sealed class TroubledCluster(ClusterRun run, MemberNetwork network, ModelStore store, Random random)
{
    private const string Decision = "SBR took decision";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly List<string> _flows = [];

    /// <summary>A line for each decision: what it was about, and how long the slowest stream took to flow again.</summary>
    public IReadOnlyList<string> Flows => _flows;

    /// <summary>The longest of these times.</summary>
    public TimeSpan SlowestFlow { get; private set; }

    /// <summary>The first members have found each other: something of every stream is stored.</summary>
    public Task BeginAsync() => FlowAsync("start");

    public async Task KillAsync(bool untilDecided)
    {
        ClusterMember member = AnyAggregator();
        member.StaysDown = untilDecided;
        int decisions = Decisions();
        await member.KillAsync();
        await PassAsync($"{member.Name} killed", decisions, untilDecided);
        member.StaysDown = false;
        await SomeWritingAsync();
    }

    public async Task KillNodeAsync()
    {
        await Any(run.Nodes).KillAsync();
        await SomeWritingAsync();
    }

    public async Task FreezeAsync(bool untilDecided)
    {
        ClusterMember member = AnyAggregator();
        int decisions = Decisions();
        member.Freeze();
        await PassAsync($"{member.Name} frozen", decisions, untilDecided);
        member.Thaw();
        await SomeWritingAsync();
    }

    /// <summary>A member reaches nobody, not even the store.</summary>
    public async Task UnplugAsync(bool untilDecided)
    {
        ClusterMember member = Any([.. run.Members]);
        int decisions = Decisions();
        member.Note("unplugged");
        network.Unplug(member.Place);
        await PassAsync($"{member.Name} unplugged", decisions, untilDecided, flows: run.Aggregators.Contains(member));
        network.Plug(member.Place);
        member.Note("plugged in");
        await SomeWritingAsync();
    }

    /// <summary>
    /// An aggregator is parted from the others, and from all nodes or, unless the split is clean, from some of them. It still reaches the store, and the rest: streams may have
    /// two owners.
    /// </summary>
    public async Task PartAsync(bool clean, bool untilDecided)
    {
        ClusterMember member = AnyAggregator();
        ClusterMember[] others = [.. run.Aggregators.Where(other => other != member), .. run.Nodes.Where(_ => clean || random.Next(2) == 0)];
        string what = $"{member.Name} parted from {string.Join(", ", others.Select(other => other.Name))}";
        int decisions = Decisions();
        foreach (ClusterMember other in others) network.Part(member.Place, other.Place);
        member.Note(what);
        await PassAsync(what, decisions, untilDecided, flows: clean);
        foreach (ClusterMember other in others) network.Rejoin(member.Place, other.Place);
        member.Note("rejoined");
        if (untilDecided && !clean) await FlowAsync($"{what}, and rejoined");
        await SomeWritingAsync();
    }

    /// <summary>A new aggregator joins.</summary>
    public async Task AddAsync()
    {
        ClusterMember member = run.AddAggregator();
        if (!await EventuallyAsync(() => run.IsReadyAsync(member))) throw new InvalidOperationException($"{member.Name} has not become a member.\n{run.History}");
        await FlowAsync($"{member.Name} added");
        await SomeWritingAsync();
    }

    private async Task PassAsync(string what, int decisionsBefore, bool untilDecided, bool flows = true)
    {
        if (!untilDecided)
        {
            await run.WriteAsync(random.Next(100, 700));
            return;
        }
        if (!await EventuallyAsync(() => Task.FromResult(Decisions() > decisionsBefore))) throw new InvalidOperationException($"{what}: nobody was given up.\n{run.History}");
        if (flows) await FlowAsync(what);
    }

    private async Task FlowAsync(string after)
    {
        TimeSpan took = await run.FlowAsync(store, Limit) ?? throw new InvalidOperationException($"{after}: a stream does not flow.\n{run.History}");
        _flows.Add(string.Create(CultureInfo.InvariantCulture, $"{after}: {took.TotalSeconds:F1} s"));
        if (took > SlowestFlow) SlowestFlow = took;
    }

    private async Task<bool> EventuallyAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested) return false;
            await run.WriteAsync(10);
        }
        return true;
    }

    private Task SomeWritingAsync() => run.WriteAsync(random.Next(50, 400));

    private int Decisions() => run.Members.Sum(member => member.Said.Split(Decision).Length - 1);

    private ClusterMember AnyAggregator() => Any(run.Aggregators);

    private ClusterMember Any(IReadOnlyList<ClusterMember> members) => members[random.Next(members.Count)];
}
