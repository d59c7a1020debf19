using System.Net;

namespace LogPipeline.Local.Demo;

/// <summary>Who is there: a small web shop, its payments, its data, and what every cluster has. Names and ids follow from the seed.</summary>
internal sealed class DemoCluster
{
    private readonly List<DemoContainer> _all = [];
    private readonly Random _random;

    public DemoCluster(Random random)
    {
        _random = random;
        Storefronts = [Deployment("shop", "storefront", "nginx"), Deployment("shop", "storefront", "nginx")];
        Cart = Deployment("shop", "cart", "app");
        Orders = Deployment("shop", "orders", "app");
        Recommender = Deployment("shop", "recommender", "api");
        Payments = Deployment("payments", "payments-api", "api");
        Fraud = Deployment("payments", "fraud-check", "worker");
        Postgres = Add("data", "postgres-0", "postgres");
        CatalogSync = Deployment("data", "catalog-sync", "sync");
        CoreDns = Deployment("kube-system", "coredns", "coredns");
        MetricsServer = Deployment("kube-system", "metrics-server", "metrics-server");
        Prometheus = Add("monitoring", "prometheus-0", "prometheus");
    }

    public IReadOnlyList<DemoContainer> All => _all;

    public IReadOnlyList<DemoContainer> Storefronts { get; }
    public DemoContainer Cart { get; }
    public DemoContainer Orders { get; }
    public DemoContainer Recommender { get; }
    public DemoContainer Payments { get; }
    public DemoContainer Fraud { get; }
    public DemoContainer Postgres { get; }
    public DemoContainer CatalogSync { get; }
    public DemoContainer CoreDns { get; }
    public DemoContainer MetricsServer { get; }
    public DemoContainer Prometheus { get; }

    private DemoContainer Deployment(string @namespace, string name, string container) =>
        Add(@namespace, $"{name}-{SafeText(9)}-{SafeText(5)}", container);

    private DemoContainer Add(string @namespace, string pod, string container)
    {
        Span<byte> uid = stackalloc byte[16];
        _random.NextBytes(uid);
        var added = new DemoContainer(@namespace, pod, new Guid(uid), container, new IPAddress([10, 244, 1, (byte)(10 + _all.Count)]).ToString());
        _all.Add(added);
        return added;
    }

    /// <summary>Letters and digits as Kubernetes generates names from: no vowels, nothing that looks like another.</summary>
    private string SafeText(int length) => new(_random.GetItems("bcdfghjklmnpqrstvwxz2456789".AsSpan(), length));
}
