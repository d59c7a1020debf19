using System.Text.Json.Nodes;
using LogPipeline.Configuration;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LogPipeline.Tests.Running.Setup;

public sealed class SetupCommandTests
{
    private readonly Dictionary<string, string> _written = [];

    [Fact]
    public async Task Templates_policies_and_saved_objects_are_put_and_a_second_time_changes_nothing()
    {
        await using WebApplication store = await StartAsync();
        var settings = new SetupSettings(new PipelineOptions { Store = { Urls = [store.Urls.First()] }, Tenancy = { Keep = TimeSpan.FromDays(30) } }, new Uri(store.Urls.First() + "/dashboards"));
        var output = new StringWriter();
        Assert.Equal(ExitCode.Success, await new Commands(output, output).Setup(settings, CancellationToken.None));
        Assert.Equal(
            [
                "/_index_template/logpipeline-deadletters", "/_index_template/logpipeline-logs", "/_plugins/_ism/add/deadletter-*", "/_plugins/_ism/add/logs-*",
                "/_plugins/_ism/policies/logpipeline-keep-dead-letters", "/_plugins/_ism/policies/logpipeline-keep-others", "/dashboards/api/saved_objects/_import",
            ],
            _written.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("\"type\":\"dashboard\"", _written["/dashboards/api/saved_objects/_import"], StringComparison.Ordinal);
        Dictionary<string, string> first = new(_written);
        Assert.Equal(ExitCode.Success, await new Commands(output, output).Setup(settings, CancellationToken.None));
        Assert.Equal(first.Keys.Order(StringComparer.Ordinal), _written.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("already", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_embedded_store_needs_no_setup_and_says_so()
    {
        var error = new StringWriter();
        Assert.Equal(ExitCode.CannotStart, await new Commands(new StringWriter(), error).Setup(new SetupSettings(new PipelineOptions(), null), CancellationToken.None));
        Assert.Contains("embedded store needs no setup", error.ToString(), StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(AnswerAsync);
        await app.StartAsync();
        return app;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync();
        context.Response.ContentType = "application/json";
        if (context.Request.Method != "GET")
        {
            _written[path] = body;
            await context.Response.WriteAsync("""{"acknowledged":true,"success":true}""");
        }
        else if (path == "/") await context.Response.WriteAsync("""{"version":{"distribution":"opensearch","number":"2.19.1"}}""");
        else if (_written.TryGetValue(path, out string? there))
            await context.Response.WriteAsync(path.Contains("_ism", StringComparison.Ordinal) ? new JsonObject { ["_seq_no"] = 1, ["_primary_term"] = 1, ["policy"] = JsonNode.Parse(there)!["policy"]!.DeepClone() }.ToJsonString() : there);
        else context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
