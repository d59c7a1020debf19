using System.Globalization;
using System.Text.RegularExpressions;
using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;
using LogPipeline.Tests.Writing;

namespace LogPipeline.Tests;

/// <summary>What a kill under full load costs: bytes that are read again. 40 MB of log, or as many as <c>REPLAY_MB</c> says.</summary>
[Collection(PipelineCollection.Name)]
public sealed partial class ReplayTests(ITestOutputHelper output)
{
    private const long WindowBytes = 8 << 20;
    private const int Kills = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static long FileBytes => (int.TryParse(Environment.GetEnvironmentVariable("REPLAY_MB"), out int megabytes) ? megabytes : 40) * 1_000_000L;

    [Fact]
    public async Task After_a_kill_under_full_load_about_the_in_flight_window_is_read_again_and_it_is_said_how_much()
    {
        using var workspace = new Workspace();
        string path = Path.Combine(workspace.Folder("pods"), "shop_cart_0a1b2c3d-0001-0002-0003-000000000001/app/0.log");
        int lines = LargeCriFile.Write(path, FileBytes);
        workspace.Read(workspace.PathOf("pods") + "/*/*/*.log");
        workspace.Indexing.AddRange(["max_in_flight: 8MiB", "max_body: 1MiB"]);
        // Longer than the test takes: positions are made durable by volume, too.
        workspace.CheckpointInterval = "60s";
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(1));
        string configuration = workspace.Configuration(server.Url);
        for (int kill = 1; kill <= Kills; kill++)
        {
            await using PipelineProcess process = PipelineProcess.Start("run", "--config", configuration);
            int until = (int)((long)lines * kill / (Kills + 1));
            await Eventually.HoldsAsync($"{until} documents", Limit, () => store.Count >= until, () => $"{store.Count} documents\n{process.Errors}");
            await process.KillAsync();
            if (kill > 1) CheckReplay(process, complete: false);
        }

        await using PipelineProcess last = PipelineProcess.Start("run", "--config", configuration);
        await Eventually.HoldsAsync($"{lines} documents", Limit, () => store.Count >= lines, () => $"{store.Count} documents\n{last.Errors}");
        await last.SaysAsync("replay_done", Limit);
        CheckReplay(last, complete: true);
        Assert.Equal(lines, store.Count);
        Assert.Equal(new FileInfo(path).Length, store.Documents().Sum(document => document.LengthBytes));
    }

    private void CheckReplay(PipelineProcess process, bool complete)
    {
        Match said = Again().Match(process.Output);
        Assert.True(said.Success, process.Output + process.Errors);
        long bytes = long.Parse(said.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        output.WriteLine($"{bytes:N0} bytes of {FileBytes:N0} were read again after a kill; the window has {WindowBytes:N0}");
        Assert.InRange(bytes, 1, 2 * WindowBytes); // what a kill finds acknowledged and not yet processed comes on top
        if (complete) Assert.Contains($"replay_done {said.Groups[1].Value} bytes that the last run may have sent were read again in ", process.Errors, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\s*again\s+.*\(([0-9,]+) bytes\) that the last run may have sent", RegexOptions.Multiline)]
    private static partial Regex Again();
}
