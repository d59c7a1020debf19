using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;
using LogPipeline.Tests.Writing;

namespace LogPipeline.Tests;

/// <summary>The most memory that the process has resident while it ships a large file: 300 MB, or as many as <c>PIPELINE_MEMORY_MB</c> says.</summary>
[Collection(PipelineCollection.Name)]
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const long LimitBytes = 200L << 20;

    private static readonly TimeSpan ShippingLimit = TimeSpan.FromMinutes(5);

    private static long FileBytes => (int.TryParse(Environment.GetEnvironmentVariable("PIPELINE_MEMORY_MB"), out int megabytes) ? megabytes : 300) * 1_000_000L;

    [Fact]
    public async Task A_large_file_is_shipped_in_less_than_200_MiB()
    {
        using var workspace = new Workspace();
        int lines = WriteFile(workspace, out long size);
        await using CountingSink sink = await CountingSink.StartAsync();
        await using PipelineProcess process = PipelineProcess.Start("run", "--config", workspace.Configuration(sink.Url));
        await Eventually.HoldsAsync("every byte arrives", ShippingLimit, () => sink.LengthBytes >= size, () => $"{sink.LengthBytes} of {size} bytes\n{process.Errors}");
        long peak = process.PeakResidentBytes;
        output.WriteLine($"{size / 1_000_000} MB to an HTTP sink: {peak >> 20} MiB resident at most");
        Assert.Equal((size, lines), (sink.LengthBytes, sink.Documents));
        Assert.True(peak < LimitBytes, $"{peak >> 20} MiB");
    }

    [Fact]
    public async Task A_large_file_into_the_embedded_store_keeps_memory_bounded()
    {
        using var workspace = new Workspace();
        int lines = WriteFile(workspace, out long size);
        await using PipelineProcess process = PipelineProcess.Start("run", "--config", workspace.Configuration("embedded"));
        long stored = 0;
        await process.PageAsync();
        bool complete = await Eventually.ComesAsync(ShippingLimit, async () =>
        {
            if (await process.HealthAsync() is { } health) stored = health.GetProperty("storedRecords").GetInt64();
            return stored >= lines;
        });
        Assert.True(complete, $"{stored} of {lines} are stored\n{process.Errors}");
        long peak = process.PeakResidentBytes;
        output.WriteLine($"{size / 1_000_000} MB into the embedded store: {peak >> 20} MiB resident at most");
        Assert.Equal(lines, stored);
        // The store's own share: indices of ids and one open block an index. The figure is reported; this bound only catches what grows with the data.
        Assert.True(peak < 3 * LimitBytes, $"{peak >> 20} MiB");
    }

    private static int WriteFile(Workspace workspace, out long size)
    {
        string path = Path.Combine(workspace.Folder("pods"), "shop_cart_0a1b2c3d-0001-0002-0003-000000000001/app/0.log");
        int lines = LargeCriFile.Write(path, FileBytes);
        size = new FileInfo(path).Length;
        workspace.Read(workspace.PathOf("pods") + "/*/*/*.log");
        return lines;
    }
}
