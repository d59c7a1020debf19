using System.Net;
using System.Net.Sockets;
using LogPipeline.Tests.Running;

namespace LogPipeline.Tests.Bootstrap;

/// <summary>A member that cannot begin ends, and says why in one line, so that whoever supervises it starts it again.</summary>
[Collection(ProcessCollection.Name)]
public sealed class StartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_member_that_nobody_lets_in_ends_with_1_and_one_clear_line()
    {
        int[] ports = FreePorts.Take(3);
        await using Member member = Member.Start(listen: ports[0], web: ports[1], seed: ports[2]);
        (int code, string said) = await member.EndAsync();
        Assert.True(code == 1, $"{code}\n{said}");
        string line = Assert.Single(said.Split('\n'), line => line.Contains("member_", StringComparison.Ordinal));
        Assert.Contains($"member_not_admitted This member has not come up within 5 s", line, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{ports[0]}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_whose_address_is_taken_says_what_did_not_start()
    {
        int[] ports = FreePorts.Take(2);
        using var holder = new TcpListener(IPAddress.Loopback, ports[0]);
        holder.Start();
        await using Member member = Member.Start(listen: ports[0], web: ports[1], seed: ports[0]);
        (int code, string said) = await member.EndAsync();
        Assert.True(code == 2, $"{code}\n{said}");
        Assert.Contains("member_cannot_start The web server or the engine does not start: ", said, StringComparison.Ordinal);
    }

    private sealed class Member(Workspace workspace, ClusterMember process) : IAsyncDisposable
    {
        public static Member Start(int listen, int web, int seed)
        {
            var workspace = new Workspace();
            string path = Path.Combine(workspace.Folder("aggregator"), "aggregator.yaml");
            File.WriteAllText(path, $$"""
                store: { urls: ["http://127.0.0.1:1"] }
                ledger: { state_directory: {{workspace.Folder("state")}} }
                web: { listen: "127.0.0.1:{{web}}" }
                cluster: { listen: "127.0.0.1:{{listen}}", seeds: ["127.0.0.1:{{seed}}"], join_timeout: 5s }
                """);
            return new Member(workspace, new ClusterMember("aggregator", "Aggregator", path));
        }

        public async Task<(int Code, string Said)> EndAsync()
        {
            await Eventually.HoldsAsync("it ends", Limit, () => process.HasEnded, () => process.Said);
            return (process.ExitCode, process.Said);
        }

        public async ValueTask DisposeAsync()
        {
            await process.DisposeAsync();
            workspace.Dispose();
        }
    }
}
