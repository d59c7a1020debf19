using System.Net;
using LogPipeline.Local.Observability;
using LogPipeline.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Tests.Observability;

public sealed class MetricsEndpointsTests
{
    [Fact]
    public async Task Metrics_health_and_readiness_answer()
    {
        string? notReady = "the store does not answer";
        int asked = 0;
        using var metrics = new PipelineMetrics();
        using var exposition = new PrometheusExposition(metrics);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapMetrics(exposition, Refresh, () => notReady);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var scraped = await http.GetAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", scraped.Content.Headers.ContentType!.ToString());
        Assert.Contains("logpipeline_read_bytes_total", ExpositionParser.Parse(await scraped.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Keys);

        // What gauges tell is of this scrape, not of the one before.
        Assert.Equal(1, asked);

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await Get("/healthz"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the store does not answer\n"), await Get("/readyz"));
        notReady = null;
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await Get("/readyz"));

        Task Refresh()
        {
            asked++;
            return Task.CompletedTask;
        }

        async Task<(HttpStatusCode, string)> Get(string path)
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }
}
