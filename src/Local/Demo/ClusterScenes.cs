using static LogPipeline.Local.Demo.LineFormats;

namespace LogPipeline.Local.Demo;

/// <summary>What a cluster says when nobody asks.</summary>
internal sealed class ClusterScenes(DemoCluster cluster, DemoWords words, Random random)
{
    private static readonly string[] Hosts = ["orders.shop.svc.cluster.local", "cart.shop.svc.cluster.local", "postgres.data.svc.cluster.local", "payments-api.payments.svc.cluster.local"];

    private const string SlowQuery = "select p.sku, p.name, s.quantity\n\tfrom product p\n\tjoin stock s on s.sku = p.sku\n\twhere p.name ilike $1\n\torder by s.quantity desc limit 50";

    public void Resolve(Scene scene)
    {
        var client = cluster.All[random.Next(cluster.All.Count)];
        string host = Hosts[random.Next(Hosts.Length)];
        bool misspelt = random.Next(20) == 0;
        scene.Out(cluster.CoreDns, CoreDns(client.Ip, random.Next(32_768, 60_999), random.Next(1, 65_535), misspelt ? host + "." + client.Namespace + ".svc.cluster.local" : host, misspelt ? "NXDOMAIN" : "NOERROR", random.Next(60, 900) / 1e6));
    }

    public void Probe(Scene scene)
    {
        foreach (var storefront in cluster.Storefronts) scene.Out(storefront, Nginx(scene.Now, "10.244.1.1", "GET /healthz", 200, 2, "kube-probe/1.34", 0));
    }

    public void Database(Scene scene)
    {
        if (random.Next(3) > 0)
        {
            int buffers = random.Next(40, 900);
            scene.Err(cluster.Postgres, Postgres(scene.Now, 62, "LOG", "checkpoint starting: time"));
            scene.Wait(300, 4_000);
            scene.Err(cluster.Postgres, Postgres(scene.Now, 62, "LOG", $"checkpoint complete: wrote {buffers} buffers ({buffers / 163.84:0.0}%); 0 WAL file(s) added, 0 removed, 1 recycled; write={scene.ElapsedMilliseconds / 1000.0:0.000} s, sync=0.004 s, total={scene.ElapsedMilliseconds / 1000.0 + 0.011:0.000} s"));
            return;
        }
        string duration = $"duration: {random.Next(1_000, 6_000)}.{random.Next(100, 999)} ms  execute <unnamed>: ";
        scene.Lines(cluster.Postgres, stderr: true, Postgres(scene.Now, random.Next(180, 240), "LOG", duration + SlowQuery));
    }

    public void Control(Scene scene)
    {
        if (random.Next(3) == 0)
            scene.Err(cluster.MetricsServer, Klog(scene.Now, 'E', "scraper.go:149", $"\"Failed to scrape node\" err=\"Get \\\"https://10.0.0.{random.Next(11, 15)}:10250/metrics/resource\\\": context deadline exceeded\" node=\"worker-{random.Next(1, 4)}\""));
        else
            scene.Err(cluster.MetricsServer, Klog(scene.Now, 'I', "server.go:191", "\"Failed probe\" probe=\"metric-storage-ready\" err=\"no metrics to serve\""));
    }

    public void Monitoring(Scene scene) =>
        scene.Err(cluster.Prometheus, Prometheus(scene.Now, "info", "head.go:665", "Head GC completed", $"component=tsdb caller=truncateMemory duration={random.Next(2, 40)}.{random.Next(100, 999)}ms block=01K{words.Hex(10).ToUpperInvariant()}"));
}
