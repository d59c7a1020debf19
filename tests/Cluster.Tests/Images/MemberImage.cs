using System.Diagnostics;
using System.Text.Json.Nodes;
using LogPipeline.Tests.Kubernetes.Images;
using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Images;

/// <summary>
/// The image of a member, started as the manifests of <c>k8s/overlays/local</c> say: user, capabilities, arguments, variables, configuration and volumes. It has an address
/// of its own, and a hosts file for the names that a cluster's DNS has.
/// </summary>
internal sealed class MemberImage : IAsyncDisposable
{
    private const string Overlay = "k8s/overlays/local", ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly ContainerConfiguration _configuration;
    private readonly ImageTree _tree;
    private readonly Dictionary<string, string> _volumes = [], _api = [];
    private RunningImage? _running;

    /// <param name="name">Of the container, which is the image's, too.</param>
    public MemberImage(string name)
    {
        _configuration = ContainerConfiguration.In(Kustomization.Of(Overlay)).Single(configuration => Manifest.Text(configuration.Container["name"]) == name);
        _tree = new ImageTree(new Dockerfile(name));
        Etc = _tree.Mount("/etc", readOnly: true);
        foreach (JsonNode mount in Manifest.Items(_configuration.Container["volumeMounts"]))
        {
            string path = Manifest.Text(mount["mountPath"]);
            if (path.StartsWith("/etc/", StringComparison.Ordinal)) Directory.CreateDirectory(Path.Combine(Etc, path["/etc/".Length..]));
            _volumes[path] = _tree.Mount(path, mount["readOnly"]?.GetValue<bool>() ?? false);
        }
        if (_configuration.Workload.PodSpec!["automountServiceAccountToken"]!.GetValue<bool>()) _volumes[ServiceAccount] = _tree.Mount(ServiceAccount, readOnly: true);
        File.WriteAllText(Path.Combine(_volumes["/etc/pipeline"], "pipeline.yaml"), _configuration.Yaml);
    }

    public static Kustomization Build => Kustomization.Of(Overlay);

    /// <summary>The namespace that it is installed in.</summary>
    public string Namespace => _configuration.Workload.Namespace!;

    /// <summary>Where its configuration says that the store is.</summary>
    public Uri Store => new(_configuration.Options.Store.Urls.Single());

    /// <summary>How long Kubernetes waits before it kills.</summary>
    public TimeSpan GracePeriod => TimeSpan.FromSeconds(_configuration.Workload.PodSpec!["terminationGracePeriodSeconds"]!.GetValue<long>());

    /// <summary>The user, as the container's own context says, or the pod's.</summary>
    public int User => (int)(Context["runAsUser"] ?? _configuration.Workload.PodSpec!["securityContext"]!["runAsUser"])!.GetValue<long>();

    public RunningImage Running => _running ?? throw new InvalidOperationException("It was not started.");

    private string Etc { get; }

    private JsonNode Context => _configuration.Container["securityContext"]!;

    /// <summary>The folder of this machine that stands for a volume.</summary>
    public string Volume(string path) => _volumes[path];

    /// <summary>Gives it what the kubelet mounts of a service account, and the variables of the API's address.</summary>
    public void Trust(string token, string authority, Uri api)
    {
        File.WriteAllText(Path.Combine(_volumes[ServiceAccount], "token"), token);
        File.WriteAllText(Path.Combine(_volumes[ServiceAccount], "ca.crt"), authority);
        File.WriteAllText(Path.Combine(_volumes[ServiceAccount], "namespace"), Namespace);
        (_api["KUBERNETES_SERVICE_HOST"], _api["KUBERNETES_SERVICE_PORT"]) = (api.Host, api.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Starts it.</summary>
    /// <param name="address">The pod's.</param>
    /// <param name="hosts">Addresses with names.</param>
    /// <param name="through">The command that enters the pod's network.</param>
    public void Start(string address, IEnumerable<(string Address, string Name)> hosts, (string Program, string[] Arguments) through)
    {
        File.WriteAllLines(Path.Combine(Etc, "hosts"), hosts.Select(host => $"{host.Address} {host.Name}"));
        var environment = new Dictionary<string, string>(_configuration.Environment) { ["POD_IP"] = address, ["POD_NAMESPACE"] = Namespace, ["HOME"] = "/" /* as the runtime sets it */ };
        foreach ((string name, string value) in _api) environment[name] = value;
        Process process = _tree.Start(
            Manifest.Items(_configuration.Container["args"]).Select(Manifest.Text), User, Manifest.Items(Context["capabilities"]!["add"]).Select(Manifest.Text), environment, through);
        _running = new RunningImage(process, Port("web"), address);
    }

    /// <summary>Whether a probe of the manifest passes now.</summary>
    public async Task<bool> PassesAsync(string probe)
    {
        JsonNode get = _configuration.Container[probe]!["httpGet"]!;
        Assert.Equal("web", Manifest.Text(get["port"]));
        return (int?)await Running.StatusAsync(Manifest.Text(get["path"])) is >= 200 and < 400;
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not null) await _running.DisposeAsync();
        _tree.Dispose();
    }

    private int Port(string name) => (int)Manifest.Items(_configuration.Container["ports"]).Single(port => Manifest.Text(port["name"]) == name)["containerPort"]!.GetValue<long>();
}
