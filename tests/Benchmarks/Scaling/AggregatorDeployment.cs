using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace LogPipeline.Benchmarks.Scaling;

/// <summary>The aggregators: so many as are asked for. More are started at once; of too many the newest are told to end, as a ReplicaSet chooses them, and killed when they take too long.</summary>
/// <param name="folder">Where their files go.</param>
/// <param name="program">The aggregator's.</param>
/// <param name="store">Where they store.</param>
internal sealed class AggregatorDeployment(string folder, string program, PacedStore store) : IAsyncDisposable
{
    /// <summary>As the manifest has it.</summary>
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(90);

    private readonly List<Member> _running = [], _leaving = [];
    private string[] _seeds = [];
    private int _started;

    /// <summary>How many are asked for.</summary>
    public int Replicas => _running.Count;

    public int Ready => _running.Count(member => member.IsReady);

    /// <summary>Of those that are asked for, how many have stored anything.</summary>
    public int Storing => _running.Count(member => store.StoredFor(member.Name) > 0);

    /// <summary>Processes that were started because more were asked for.</summary>
    public int Started => _started;

    /// <summary>Ends that nobody asked for, and those with another code than 0.</summary>
    public int BadEnds { get; private set; }

    /// <summary>The longest time from being told to end until its end.</summary>
    public TimeSpan LongestEnd { get; private set; }

    /// <summary>The addresses that every member joins through.</summary>
    public IReadOnlyList<string> Seeds => _seeds;

    /// <summary>Those that Prometheus scrapes: whoever has not ended.</summary>
    public IReadOnlyList<int> WebPorts => [.. _running.Concat(_leaving).Select(member => member.Web)];

    /// <summary>Ports that nobody listens on.</summary>
    public static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners) listener.Dispose();
        return ports;
    }

    /// <summary>Starts the first ones, which the others join through: they are never told to end, as they are the oldest.</summary>
    public void Begin(int replicas)
    {
        int[] ports = FreePorts(replicas);
        _seeds = [.. ports.Select(Address)];
        foreach (int port in ports) Start(port);
    }

    public void ScaleTo(int replicas)
    {
        while (_running.Count < replicas) Start(FreePorts(1)[0]);
        while (_running.Count > replicas)
        {
            Member newest = _running[^1];
            _running.RemoveAt(_running.Count - 1);
            newest.Terminate();
            _leaving.Add(newest);
        }
    }

    /// <summary>Looks at all of them: probes, starts again what has ended, forgets what was told to.</summary>
    public async Task SuperviseAsync()
    {
        foreach (Member ended in _running.Where(member => member.HasEnded))
        {
            BadEnds++;
            Console.WriteLine($"{ended.Name} has ended with code {ended.ExitCode} and is started again");
            ended.StartAgain();
        }
        await Task.WhenAll(_running.Select(member => member.ProbeAsync()));
        foreach (Member leaving in _leaving.ToArray())
        {
            if (!leaving.HasEnded)
            {
                if (leaving.LeavingFor > GracePeriod) leaving.Kill();
                continue;
            }
            if (leaving.ExitCode != 0) BadEnds++;
            if (leaving.LeavingFor > LongestEnd) LongestEnd = leaving.LeavingFor;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{leaving.Name} has left with code {leaving.ExitCode} after {leaving.LeavingFor.TotalSeconds:0.0} s"));
            _leaving.Remove(leaving);
            await leaving.DisposeAsync();
        }
    }

    /// <summary>What file-based discovery of targets reads.</summary>
    public string Targets() => new JsonArray(new JsonObject { ["targets"] = new JsonArray([.. WebPorts.Select(port => JsonValue.Create(Address(port)))]) }).ToJsonString();

    public async ValueTask DisposeAsync()
    {
        foreach (Member member in _running.Concat(_leaving)) await member.DisposeAsync();
    }

    private static string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    private void Start(int port)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"aggregator-{++_started}"), path = Path.Combine(folder, name + ".yaml");
        int web = FreePorts(1)[0];
        // Memory in proportion to what one stores: an end waits for what is in it.
        File.WriteAllText(path, $$"""
            indexing: { max_in_flight: 16MiB, max_body: 1MiB }
            store: { urls: ["{{store.UrlFor(name)}}"] }
            web: { listen: "{{Address(web)}}" }
            cluster: { listen: "{{Address(port)}}", seeds: [{{string.Join(", ", _seeds.Select(seed => $"\"{seed}\""))}}] }
            """);
        _running.Add(new Member(name, program, path, web));
    }
}
