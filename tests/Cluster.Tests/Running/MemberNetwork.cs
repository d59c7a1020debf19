using System.Diagnostics;
using System.Globalization;

namespace LogPipeline.Tests.Running;

/// <summary>
/// A network namespace for each member, all of them joined to a bridge on which the test itself has an address: so members can be parted from each other as hosts can. Wants
/// root and iproute2. What a killed process left behind is taken away by the next one.
/// </summary>
internal sealed class MemberNetwork : IDisposable
{
    private const string NamePrefix = "lp", Namespaces = "/run/netns";

    private static readonly string[] Programs = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip"];
    private static int s_count;

    private readonly string _name, _subnet;
    private readonly List<string> _namespaces = [];

    public MemberNetwork()
    {
        TakeAwayAbandoned();
        int number = Interlocked.Increment(ref s_count);
        _name = string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{Environment.ProcessId}-{number}");
        // Of the range for benchmarks of networks (RFC 2544).
        _subnet = string.Create(CultureInfo.InvariantCulture, $"198.{18 + (number % 2)}.{Environment.ProcessId % 256}.");
        Run(
            $"link add {_name} type bridge forward_delay 0",
            $"addr add {HostAddress}/24 dev {_name}",
            $"link set {_name} up");
    }

    /// <summary>Why no network can be made here; null when one can.</summary>
    public static string? Missing => Environment.UserName != "root" ? "root is wanted for network namespaces" : Program is null ? "ip (iproute2) is not installed" : null;

    /// <summary>The test's own address.</summary>
    public string HostAddress => _subnet + "1";

    private static string? Program => Array.Find(Programs, File.Exists);

    /// <summary>Adds a place for a member; its number.</summary>
    public int Add()
    {
        int place = _namespaces.Count;
        string name = $"{_name}-{place}";
        _namespaces.Add(name);
        Run(
            $"netns add {name}",
            $"link add {name} type veth peer name eth0 netns {name}",
            $"link set {name} master {_name}",
            $"link set {name} up");
        RunIn(
            name,
            "link set lo up",
            $"addr add {AddressOf(place)}/24 dev eth0",
            "link set eth0 up");
        return place;
    }

    public string AddressOf(int place) => string.Create(CultureInfo.InvariantCulture, $"{_subnet}{place + 10}");

    /// <summary>The command that runs another one at a place: the process stays the same.</summary>
    public (string Program, string[] Arguments) CommandAt(int place) => (Program!, ["netns", "exec", _namespaces[place]]);

    /// <summary>Pulls a member's plug: it reaches nobody, and not the test either.</summary>
    public void Unplug(int place) => Run($"link set {_namespaces[place]} down");

    public void Plug(int place) => Run($"link set {_namespaces[place]} up");

    /// <summary>No packet goes from one member to the other or back. Everybody else is reached as before.</summary>
    public void Part(int left, int right)
    {
        RunIn(_namespaces[left], $"route add blackhole {AddressOf(right)}/32");
        RunIn(_namespaces[right], $"route add blackhole {AddressOf(left)}/32");
    }

    public void Rejoin(int left, int right)
    {
        RunIn(_namespaces[left], $"route del blackhole {AddressOf(right)}/32");
        RunIn(_namespaces[right], $"route del blackhole {AddressOf(left)}/32");
    }

    public void Dispose()
    {
        foreach (string name in _namespaces) Run($"link del {name}", $"netns del {name}");
        Run($"link del {_name}");
    }

    // Names say which process made them.
    private static void TakeAwayAbandoned()
    {
        if (!Directory.Exists(Namespaces)) return;
        foreach (string name in Directory.GetFiles(Namespaces, NamePrefix + "*").Select(path => Path.GetFileName(path)!))
        {
            string[] parts = name[NamePrefix.Length..].Split('-');
            if (parts.Length != 3 || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out int maker) || Directory.Exists($"/proc/{maker}")) continue;
            foreach (string member in Output("netns", "pids", name).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using Process abandoned = Process.GetProcessById(int.Parse(member, CultureInfo.InvariantCulture));
                abandoned.Kill();
            }
            Run($"netns del {name}");
            // Its link goes with it; the bridge has as many names as it had members.
            string bridge = name[..name.LastIndexOf('-')];
            if (Directory.Exists($"/sys/class/net/{bridge}")) Run($"link del {bridge}");
        }
    }

    private static void Run(params string[] commands) => Output(["-batch", "-"], commands);

    private static void RunIn(string name, params string[] commands) => Output(["-netns", name, "-batch", "-"], commands);

    private static string Output(params string[] arguments) => Output(arguments, []);

    private static string Output(string[] arguments, string[] commands)
    {
        using var ip = Process.Start(new ProcessStartInfo(Program!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        foreach (string command in commands) ip.StandardInput.WriteLine(command);
        ip.StandardInput.Close();
        Task<string> said = ip.StandardOutput.ReadToEndAsync();
        string complaint = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        if (ip.ExitCode != 0) throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {string.Join("; ", commands)}: {complaint}");
        return said.Result;
    }
}
