using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using LogPipeline.Tests.Kubernetes;
using LogPipeline.Tests.Kubernetes.Images;
using LogPipeline.Tests.Metadata;
using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests.Images;

/// <summary>What the images of the cluster edition contain, started without a container engine, as members.</summary>
[Collection(ProcessCollection.Name)]
public sealed class MemberImageTests
{
    private const int Application = 1000; // some user that is nobody to the pipeline
    private const string Token = "token-of-the-nodes-service-account";

    [Fact]
    public async Task A_node_and_an_aggregator_as_their_manifests_have_them_join_store_what_pods_wrote_and_end_when_told()
    {
        Assert.SkipWhen(MemberNetwork.Missing is not null, MemberNetwork.Missing ?? "");
        using var network = new MemberNetwork();
        MemberImage[] members = await Task.WhenAll(Task.Run(() => new MemberImage("aggregator")), Task.Run(() => new MemberImage("node")));
        await using MemberImage aggregator = members[0], node = members[1];
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(1), node.Store.Port, network.HostAddress);
        using var authority = new ApiAuthority(network.HostAddress);
        await using ScriptedApi api = await ScriptedApi.StartAsync(address: network.HostAddress, certificate: authority.Certificate);
        node.Trust(Token, authority.Pem, new Uri(api.Url));
        api.Put(ApiObjects.Pod("shop", "web-3", "495fdb94-1234-48b6-b139-68e0129ab7f3"));
        (int ofNode, int ofAggregator) = (network.Add(), network.Add());
        string service = $"{MemberImage.Build.Single("Service", "pipeline-aggregator").Name}.{aggregator.Namespace}.svc";
        (string, string)[] hosts = [("127.0.0.1", "localhost"), (network.HostAddress, node.Store.Host), (network.AddressOf(ofAggregator), service)];
        PodLog.Write(Path.Combine(node.Volume("/var/log/pods"), "shop_web-1_0a320e84-becc-48b6-b139-68e0129ab7f3/app"), owner: 0);
        PodLog.Write(Path.Combine(node.Volume("/var/log/pods"), "shop_web-2_195fdb94-1234-48b6-b139-68e0129ab7f3/app"), owner: Application);

        node.Start(network.AddressOf(ofNode), hosts, network.CommandAt(ofNode));
        await node.Running.UntilAsync(() => node.PassesAsync("startupProbe"));
        Assert.False(await node.PassesAsync("readinessProbe"), "Nobody is there yet whom it could join.");
        aggregator.Start(network.AddressOf(ofAggregator), hosts, network.CommandAt(ofAggregator));
        foreach (MemberImage member in members)
        {
            foreach (string probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"]) await member.Running.UntilAsync(() => member.PassesAsync(probe));
        }
        await node.Running.UntilAsync(() => Task.FromResult(store.Count == 2));
        Assert.Equal([("shop", PodLog.Text), ("shop", PodLog.Text)], store.Documents().Select(document => (document.Tenant, document.Text)));
        // Lists and watches of both kinds: it trusts the API's authority, and shows its service account's token.
        await node.Running.UntilAsync(() => Task.FromResult(api.Requests.Length >= 4));
        Assert.Equal(["Bearer " + Token], api.Tokens.Keys);
        PodLog.Write(Path.Combine(node.Volume("/var/log/pods"), "shop_web-3_495fdb94-1234-48b6-b139-68e0129ab7f3/app"), owner: 0);
        await node.Running.UntilAsync(() => Task.FromResult(store.Count == 3));
        StoredDocument labelled = store.Documents()[^1];
        Assert.Contains("\"k8s.pod.labels\":{\"app\":\"web\"", Encoding.UTF8.GetString(store.Find(labelled.Index, labelled.Id, out _)!), StringComparison.Ordinal);
        // Positions of both, so that its next life does not read them again.
        await node.Running.UntilAsync(async () => await node.Running.MetricAsync("logpipeline_stored_records_total") == 3);
        // The series that rules, autoscaler and dashboards ask of members, each once.
        Assert.Equal(3 * PodLog.Bytes, await node.Running.MetricAsync("logpipeline_durable_bytes_total"));
        Assert.Equal(3, await node.Running.MetricAsync("logpipeline_open_files"));
        Assert.Equal(3, await aggregator.Running.MetricAsync("logpipeline_records_total"));
        await node.Running.UntilAsync(async () => await node.Running.MetricAsync("logpipeline_chunk_connections") == 1);
        await AssertMetricsAsync(node, "node", "read");
        await AssertMetricsAsync(aggregator, "aggregator", "encode");

        await AssertRightsAsync(node, "0000000000000004"); // DAC_READ_SEARCH is bit 2
        await AssertRightsAsync(aggregator, "0000000000000000");
        foreach (MemberImage member in (MemberImage[])[node, aggregator])
        {
            long told = Stopwatch.GetTimestamp();
            Assert.Equal(0, await member.Running.TerminateAsync());
            Assert.True(Stopwatch.GetElapsedTime(told) < member.GracePeriod, $"It took {Stopwatch.GetElapsedTime(told)}.\n{member.Running.Output}");
            Assert.DoesNotContain("Z Error ", member.Running.Output, StringComparison.Ordinal);
        }
    }

    // What docs/metrics.md says that it has, each once, and the step that its time goes to.
    private static async Task AssertMetricsAsync(MemberImage member, string process, string step)
    {
        string metrics = await member.Running.MetricsAsync();
        string[][] rows = [.. Repository.Text("docs/metrics.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries))];
        string[][] measured = [.. rows.Where(row => row.Length == 6 || (row[3].Length == 0 && row[4].Split(", ").Contains(process)))];
        Assert.InRange(measured.Length, 20, 100);
        Assert.All(measured, row => Assert.Single(Regex.Matches(metrics, $"^# TYPE {row[1].Trim('`')} {row[2]}$", RegexOptions.Multiline)));
        Assert.DoesNotContain("logpipeline_logpipeline", metrics, StringComparison.Ordinal);
        foreach (string name in (string[])["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds"]) Assert.True(await member.Running.MetricAsync(name) > 0, name);
        foreach (string series in (string[])[$"logpipeline_cpu_seconds_total{{step=\"{step}\"}} [0-9.e-]*[1-9]", "logpipeline_build_info{version=\"[0-9.]+\"} 1"])
            Assert.Matches(new Regex("^" + series, RegexOptions.Multiline), metrics);
    }

    private static async Task AssertRightsAsync(MemberImage member, string capabilities)
    {
        string status = await File.ReadAllTextAsync($"/proc/{member.Running.Process.Id}/status");
        Assert.Contains($"\nUid:\t{member.User}\t{member.User}\t{member.User}\t{member.User}\n", status, StringComparison.Ordinal);
        foreach (string set in (string[])["CapPrm", "CapEff", "CapBnd"]) Assert.Contains($"\n{set}:\t{capabilities}\n", status, StringComparison.Ordinal);
        Assert.Contains("\nNoNewPrivs:\t1\n", status, StringComparison.Ordinal);
    }
}
